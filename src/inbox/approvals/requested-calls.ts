import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { People } from '../../auth/index.js';
import { Database, type Unit } from '../../database/index.js';
import { hashJson } from '../../decisions/index.js';
import { forbidden, invalid, unauthenticated } from '../../errors/index.js';
import {
  type CommandContext,
  Operation,
  OperationBus,
  OperationRegistry,
  type Principal,
  hasScope,
  validateRequest,
} from '../../operations/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { approvalEvent } from '../inbox-events.js';
import { Inbox } from '../inbox.js';
import { Approval } from './approval.entity.js';
import { RequestApprovalRequest, RequestedApprovalResponse } from './approvals.dto.js';
import { EffectRegistry } from './effect-registry.js';

/** The kind of approval whose effect is a call. */
export const OPERATION_CALL = 'operation.call';
/** Any number besides those of other locks. */
const ASKING_LOCK = 7_246_313;

/**
 * "Call this operation with this input as this requester." The requester acts with the one scope that the call needs.
 */
interface CallEffect {
  operation: string;
  input: Record<string, unknown>;
  requester: { id: string; kind: Principal['kind']; name: string; role?: string };
}

/**
 * Calls that wait for a person's yes. Asking with the same input finds the approval that was asked for before, and
 * the first asking after the decision is given its outcome; the one after that asks anew.
 */
@Injectable()
export class RequestedCalls implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly registry: OperationRegistry,
    private readonly operations: OperationBus,
    private readonly inbox: Inbox,
    private readonly effects: EffectRegistry,
    private readonly liveEvents: LiveEvents,
    private readonly people: People,
  ) {}

  onModuleInit(): void {
    this.effects.register(OPERATION_CALL, {
      // the call itself checks what it finds; a lead that got another visit meanwhile is still the lead to delete
      readState: async () => ({}),
      execute: (unit: Unit, effect: CallEffect) => this.execute(unit, effect),
      whyNotAnyMore: (unit: Unit, effect: CallEffect) => this.whyNotAnyMore(unit, effect),
    });
  }

  @Operation({
    name: 'approval.request',
    permission: null,
    kind: 'command',
    request: RequestApprovalRequest,
    response: RequestedApprovalResponse,
    summary:
      'Ask a person to allow a call that the caller may make; asking again tells its state and, once, its result',
    rest: { route: 'POST /api/v1/approvals', tag: 'inbox' },
    isReplayed: false,
  })
  async request(
    { operation, input, reason }: RequestApprovalRequest,
    { unit, principal, now }: CommandContext,
  ): Promise<RequestedApprovalResponse> {
    if (!principal) throw unauthenticated('sign in to ask for an approval');
    const effect = this.effectOf(operation, input, principal);
    // two that ask for the same at once ask for one approval; on SQLite there is one unit at a time anyway
    if (this.database.dialect === 'postgres')
      await unit.query('SELECT pg_advisory_xact_lock(?::integer, hashtext(?))', [ASKING_LOCK, hashJson(effect)]);
    const known = await latestUncollected(unit, effect, principal);
    const approval = known ?? (await this.ask(unit, effect, reason));
    return toRequested(await this.collect(unit, approval, now));
  }

  /** What is still open stays; an outcome is given once. */
  private async collect(unit: Unit, approval: Approval, now: string): Promise<Approval> {
    const isLate = approval.status === 'pending' && approval.expires_at <= now;
    if (approval.status === 'pending' && !isLate) return approval;
    const late: Partial<Approval> = isLate
      ? { status: 'expired', sort_key: null, closed_reason: 'nobody decided in time', version: approval.version + 1 }
      : {};
    const collected = { ...approval, ...late, collected_at: now };
    await unit.of(Approval).update({ approval_id: approval.approval_id }, { ...late, collected_at: now });
    if (isLate) this.liveEvents.publish(unit, approvalEvent('approval.expired', collected));
    return collected;
  }

  /** @throws AppError for what the caller could not call either, or what cannot wait */
  private effectOf(
    name: string,
    input: Record<string, unknown>,
    { id, kind, name: caller, role, scopes }: Principal,
  ): CallEffect {
    const operation = this.registry.find(name);
    if (!operation) throw invalid('operation', `there is no operation "${name}"`);
    if (operation.kind !== 'command')
      throw invalid('operation', `"${name}" needs no approval: it is a ${operation.kind}; call it itself`);
    if (operation.carriesSecret)
      throw invalid(
        'operation',
        `"${name}" takes or gives a secret, which whoever decides would see: it cannot be requested`,
      );
    const principal: Principal = { id, kind, name: caller, scopes };
    if (operation.permission !== null && !hasScope(principal, operation.permission)) {
      throw forbidden(`"${name}" needs the scope ${operation.permission}, which ${caller} does not have`);
    }
    validateRequest(operation.request, input, 'input');
    return { operation: name, input, requester: { id, kind, name: caller, ...(role !== undefined && { role }) } };
  }

  private async ask(unit: Unit, effect: CallEffect, reason: string | undefined): Promise<Approval> {
    const { operation, input, requester } = effect;
    const { summary } = this.registry.get(operation);
    const textOf = (field: string) => (typeof input[field] === 'string' ? input[field] : null);
    const [approvalId] = await this.inbox.requestApproval(unit, [
      {
        kind: OPERATION_CALL,
        title: `${summary}: ${JSON.stringify(input)}`.slice(0, 2_000),
        effect: { ...effect },
        evidence: reason === undefined ? {} : { reason },
        blastRadius: { operation, input },
        leadId: textOf('lead_id'),
        campaignId: textOf('campaign_id'),
        requestedBy: requester.id,
      },
    ]);
    return (await unit.of(Approval).get(approvalId!))!;
  }

  /** A requester who was disabled, or has lost the scope, gets nothing through an approval of before. */
  private async whyNotAnyMore(unit: Unit, { operation, requester }: CallEffect): Promise<string | undefined> {
    const { permission } = this.registry.get(operation);
    const scopes = await this.people.scopesNow(unit, requester);
    if (scopes === undefined || (permission !== null && scopes.has(permission))) return undefined;
    if (scopes.size === 0) return `${requester.name}, who asked for it, may not do anything any more`;
    return permission === null
      ? undefined
      : `${requester.name}, who asked for it, does not have the scope ${permission} any more`;
  }

  private async execute(unit: Unit, { operation, input, requester }: CallEffect) {
    const { permission } = this.registry.get(operation);
    const principal: Principal = { ...requester, scopes: new Set(permission === null ? [] : [permission]) };
    const result = await this.operations.callWithin(unit, operation, input, { principal, door: 'approval' });
    return { result: { ...result }, inverse: null };
  }
}

async function latestUncollected(unit: Unit, effect: CallEffect, { id }: Principal): Promise<Approval | undefined> {
  const where = { effect_hash: hashJson(effect), requested_by: id, kind: OPERATION_CALL, collected_at: null };
  return (await unit.of(Approval).find(where, { order: { created_at: 'desc' }, limit: 1, lock: true }))[0];
}

function toRequested({
  approval_id,
  status,
  expires_at,
  closed_reason,
  decision_note,
  result,
}: Approval): RequestedApprovalResponse {
  const reason = closed_reason ?? (status === 'rejected' ? decision_note : null);
  return {
    approval_id,
    status,
    expires_at,
    ...(reason !== null && { reason }),
    ...(status === 'executed' && { result: (result ?? {}) as Record<string, unknown> }),
  };
}
