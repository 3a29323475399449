import { Injectable } from '@nestjs/common';
import { Database, type Unit } from '../../database/index.js';
import { Ledger } from '../../decisions/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { AppError, conflict, forbidden, notFound } from '../../errors/index.js';
import { type CommandContext, DEFAULT_PAGE, Operation, checkVersion } from '../../operations/index.js';
import { approvalEvent } from '../inbox-events.js';
import { InboxService } from '../inbox.service.js';
import { requirePerson } from '../require-person.js';
import { Approval } from './approval.entity.js';
import {
  ApprovalIdRequest,
  ApprovalPage,
  ApprovalResponse,
  ApproveRequest,
  DecidedApprovalResponse,
  ListApprovalsRequest,
  RejectApprovalRequest,
  toApprovalResponse,
} from './approvals.dto.js';
import { type EffectOutcome, EffectRegistry } from './effect-registry.js';
import { whatMoved } from './what-moved.js';

@Injectable()
export class ApprovalsService {
  constructor(
    private readonly database: Database,
    private readonly effects: EffectRegistry,
    private readonly ledger: Ledger,
    private readonly liveEvents: LiveEvents,
    private readonly inbox: InboxService,
  ) {}

  @Operation({
    name: 'approval.list',
    permission: 'approvals:read',
    kind: 'query',
    request: ListApprovalsRequest,
    response: ApprovalPage,
    summary: 'Effects that wait, or waited, for a person’s yes, newest first',
    rest: { route: 'GET /api/v1/approvals', tag: 'inbox' },
  })
  async list({ limit = DEFAULT_PAGE, cursor, ...where }: ListApprovalsRequest): Promise<ApprovalPage> {
    const page = await this.database.of(Approval).page({ where, order: { created_at: 'desc' }, limit, cursor });
    return { items: page.items.map(toApprovalResponse), next_cursor: page.next_cursor };
  }

  @Operation({
    name: 'approval.get',
    permission: 'approvals:read',
    kind: 'query',
    request: ApprovalIdRequest,
    response: ApprovalResponse,
    summary: 'One approval: the exact effect, the evidence for it, what it touches and how to take it back',
    rest: { route: 'GET /api/v1/approvals/:approval_id', hasEtag: true, tag: 'inbox' },
  })
  async get({ approval_id }: ApprovalIdRequest): Promise<ApprovalResponse> {
    const approval = await this.database.of(Approval).get(approval_id);
    if (!approval) throw notFound('approval', approval_id);
    return toApprovalResponse(approval);
  }

  @Operation({
    name: 'approval.approve',
    permission: 'approvals:decide',
    kind: 'command',
    request: ApproveRequest,
    response: DecidedApprovalResponse,
    summary: 'Say yes and carry the effect out, if neither it nor the state that it was judged on has moved',
    rest: { route: 'POST /api/v1/approvals/:approval_id/approve', hasEtag: true, tag: 'inbox' },
    audience: 'person',
  })
  async approve(
    { approval_id, note, effect_hash }: ApproveRequest,
    context: CommandContext,
  ): Promise<DecidedApprovalResponse> {
    const { unit, principal, now } = context;
    const approval = await this.lockPending(approval_id, context);
    if (effect_hash !== undefined && effect_hash !== approval.effect_hash) {
      throw conflict(
        'effect_moved',
        `effect_hash: this approval is for another effect, ${approval.effect_hash}; read it again`,
      );
    }
    if (approval.expires_at <= now)
      throw await this.close(unit, approval, 'expired', `it expired at ${approval.expires_at}`);
    if (!this.effects.has(approval.kind))
      throw conflict('effect_unknown', `this server does not know how to carry out "${approval.kind}"`);
    const handler = this.effects.get(approval.kind);
    const moved = whatMoved(approval, await handler.readState(unit, approval.effect));
    const reason = moved ?? (await handler.whyNotAnyMore?.(unit, approval.effect));
    if (reason !== undefined) throw await this.close(unit, approval, 'lapsed', reason);

    const decided = { decided_by: principal.id, decided_at: now, decision_note: note ?? null };
    const outcome = await attempt(unit, async () => {
      const done = await handler.execute(unit, approval.effect, { approval, principal, now });
      if (approval.decision_id) await this.ledger.addEffect(unit, approval.decision_id, done.inverse);
      return done;
    });
    if (outcome instanceof AppError) throw await this.close(unit, approval, 'failed', outcome.message, decided);
    const executed = { ...decided, status: 'executed', executed_at: now, result: outcome.result } as const;
    const answer = await this.change(unit, approval, executed);
    return { ...answer, next: await this.inbox.next(unit, principal.id) };
  }

  @Operation({
    name: 'approval.reject',
    permission: 'approvals:decide',
    kind: 'command',
    request: RejectApprovalRequest,
    response: DecidedApprovalResponse,
    summary: 'Say no; nothing is carried out',
    rest: { route: 'POST /api/v1/approvals/:approval_id/reject', hasEtag: true, tag: 'inbox' },
    audience: 'person',
  })
  async reject(
    { approval_id, note }: RejectApprovalRequest,
    context: CommandContext,
  ): Promise<DecidedApprovalResponse> {
    const { unit, principal, now } = context;
    const approval = await this.lockPending(approval_id, context);
    const answer = await this.change(unit, approval, {
      status: 'rejected',
      decided_by: principal.id,
      decided_at: now,
      decision_note: note ?? null,
    });
    await this.rejectDecision(unit, approval);
    return { ...answer, next: await this.inbox.next(unit, principal.id) };
  }

  /**
   * Ends an approval without its effect. @returns the refusal that tells the caller, to be thrown; the row keeps the
   * reason all the same
   */
  private async close(
    unit: Unit,
    approval: Approval,
    status: 'expired' | 'lapsed' | 'failed',
    reason: string,
    decided: Partial<Approval> = {},
  ): Promise<AppError> {
    await this.change(unit, approval, { ...decided, status, closed_reason: reason });
    await this.rejectDecision(unit, approval);
    return new AppError('conflict', `approval_${status}`, `nothing was done, the approval has ${status}: ${reason}`, {
      keepsWrites: true,
    });
  }

  /** The decision behind it is turned down once none of its proposals waits any more. */
  private async rejectDecision(unit: Unit, { decision_id }: Approval): Promise<void> {
    const isLast = decision_id !== null && (await unit.of(Approval).count({ decision_id, status: 'pending' })) === 0;
    if (isLast) await this.ledger.reject(unit, [decision_id]);
  }

  private async lockPending(approvalId: string, { unit, principal, ifMatch }: CommandContext): Promise<Approval> {
    requirePerson(principal);
    const [approval] = await unit.of(Approval).find({ approval_id: approvalId }, { lock: true });
    if (!approval) throw notFound('approval', approvalId);
    if (approval.requested_by === principal.id)
      throw forbidden('nobody decides about what they requested themselves: ask another person');
    checkVersion(ifMatch, approval.version);
    if (approval.status !== 'pending')
      throw conflict('approval_closed', `this approval is ${approval.status}: it was settled before`);
    return approval;
  }

  /** Settles it one way or another. */
  private async change(unit: Unit, approval: Approval, patch: Partial<Approval>): Promise<ApprovalResponse> {
    const settled = { ...patch, sort_key: null, version: approval.version + 1 };
    const next = { ...approval, ...settled };
    await unit.of(Approval).update({ approval_id: approval.approval_id }, settled);
    this.liveEvents.publish(
      unit,
      approvalEvent(next.status === 'expired' ? 'approval.expired' : 'approval.decided', next),
    );
    return toApprovalResponse(next);
  }
}

/**
 * Runs the effect so that a refusal takes back what it wrote and nothing else. Other errors are ours: they undo the
 * whole unit.
 */
async function attempt(unit: Unit, execute: () => Promise<EffectOutcome>): Promise<EffectOutcome | AppError> {
  try {
    return await unit.attempt(execute);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
