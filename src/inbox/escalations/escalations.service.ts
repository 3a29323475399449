import { Injectable } from '@nestjs/common';
import { Database, gt } from '../../database/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { AppError, invalid, notFound } from '../../errors/index.js';
import { type CommandContext, DEFAULT_PAGE, Listeners, Operation, type QueryContext } from '../../operations/index.js';
import { BlockingCases } from '../../outreach/index.js';
import { CASE_CLAIMED } from '../happenings.js';
import { escalationLiveEvent } from '../inbox-events.js';
import { InboxService } from '../inbox.service.js';
import { CaseDraft } from '../team/case-draft.entity.js';
import { CaseLook } from '../team/case-look.entity.js';
import { CaseNote } from '../team/case-note.entity.js';
import { DeputiesService } from '../team/deputies.service.js';
import { requirePerson } from '../require-person.js';
import { EscalationIdRequest } from './escalation-id.dto.js';
import { changeCase, closing, lockUnresolved } from './case-rows.js';
import { Escalation, type ResolutionDetail } from './escalation.entity.js';
import {
  EscalationPage,
  EscalationResponse,
  ListEscalationsRequest,
  CaseResponse,
  ResolveEscalationRequest,
  ResolveManyRequest,
  ResolveManyResponse,
  ResolvedCaseResponse,
  ResolvedOfMany,
  toCaseResponse,
  toEscalationResponse,
} from './escalations.dto.js';
import { ResolutionRegistry } from './resolution-registry.js';
import { AGENT, parseAgentName } from '../../vocabulary/index.js';

/** The newest ones. */
const SHOWN_NOTES = 100;

@Injectable()
export class EscalationsService {
  constructor(
    private readonly database: Database,
    private readonly resolutions: ResolutionRegistry,
    private readonly liveEvents: LiveEvents,
    private readonly listeners: Listeners,
    private readonly blocking: BlockingCases,
    private readonly inbox: InboxService,
    private readonly deputies: DeputiesService,
  ) {}

  @Operation({
    name: 'escalation.list',
    permission: 'approvals:read',
    kind: 'query',
    request: ListEscalationsRequest,
    response: EscalationPage,
    summary: 'Cases that agents handed to people, newest first',
    rest: { route: 'GET /api/v1/escalations', tag: 'inbox' },
  })
  async list({ limit = DEFAULT_PAGE, cursor, ...where }: ListEscalationsRequest): Promise<EscalationPage> {
    const page = await this.database.of(Escalation).page({ where, order: { created_at: 'desc' }, limit, cursor });
    return { items: page.items.map(toEscalationResponse), next_cursor: page.next_cursor };
  }

  @Operation({
    name: 'escalation.get',
    permission: 'approvals:read',
    kind: 'query',
    request: EscalationIdRequest,
    response: CaseResponse,
    summary: 'One case with its context, what may be answered, and what follows from each answer',
    rest: { route: 'GET /api/v1/escalations/:escalation_id', hasEtag: true, tag: 'inbox' },
  })
  async get({ escalation_id }: EscalationIdRequest, { now }: QueryContext): Promise<CaseResponse> {
    const escalation = await this.database.of(Escalation).get(escalation_id);
    if (!escalation) throw notFound('escalation', escalation_id);
    const looking = await this.database.of(CaseLook).find({ escalation_id, until: gt(now) });
    const notes = await this.database
      .of(CaseNote)
      .find({ escalation_id }, { order: { created_at: 'desc' }, limit: SHOWN_NOTES });
    const draft = await this.database.of(CaseDraft).get(escalation_id);
    const work = { looking, notes: notes.reverse(), draft };
    return toCaseResponse(escalation, this.resolutions.answersTo(escalation), work);
  }

  @Operation({
    name: 'escalation.claim',
    permission: 'approvals:decide',
    kind: 'command',
    request: EscalationIdRequest,
    response: EscalationResponse,
    summary: 'Take a case on; once it is overdue another person may take it over',
    rest: { route: 'POST /api/v1/escalations/:escalation_id/claim', hasEtag: true, tag: 'inbox' },
    audience: 'person',
  })
  async claim({ escalation_id }: EscalationIdRequest, context: CommandContext): Promise<EscalationResponse> {
    const { unit, principal, now } = context;
    const escalation = await lockUnresolved(escalation_id, context);
    if (escalation.assigned_to === principal.id) return toEscalationResponse(escalation);
    if (escalation.due_at > now) await this.deputies.refuseIfTaken(unit, escalation, principal.id, now);
    const claimed = await changeCase(unit, escalation, {
      status: 'claimed',
      assigned_to: principal.id,
      claimed_at: now,
    });
    this.liveEvents.publish(unit, escalationLiveEvent('escalation.claimed', claimed));
    await this.listeners.tell(CASE_CLAIMED, { unit, escalation: claimed, now });
    return toEscalationResponse(claimed);
  }

  @Operation({
    name: 'escalation.resolve',
    permission: 'approvals:decide',
    kind: 'command',
    request: ResolveEscalationRequest,
    response: ResolvedCaseResponse,
    summary:
      'Settle a case: approve, reject, change fields, return it to an agent, or say that it was answered; tells the next',
    rest: { route: 'POST /api/v1/escalations/:escalation_id/resolve', hasEtag: true, tag: 'inbox' },
    audience: 'person',
  })
  async resolve(request: ResolveEscalationRequest, context: CommandContext): Promise<ResolvedCaseResponse> {
    const resolved = await this.settle(request.escalation_id, request, context);
    return { ...toEscalationResponse(resolved), next: await this.inbox.next(context.unit, context.principal.id) };
  }

  @Operation({
    name: 'escalation.resolve_many',
    permission: 'approvals:decide',
    kind: 'command',
    request: ResolveManyRequest,
    response: ResolveManyResponse,
    summary: 'Settle many cases with one answer; each by itself, so that one that is refused keeps no other back',
    rest: { route: 'POST /api/v1/escalations/resolve', tag: 'inbox' },
    audience: 'person',
  })
  async resolveMany(
    { escalation_ids, ...answer }: ResolveManyRequest,
    context: CommandContext,
  ): Promise<ResolveManyResponse> {
    const { unit, principal } = context;
    requirePerson(principal);
    const asked = [...new Set(escalation_ids)];
    const results = new Map<string, ResolvedOfMany>();
    // in one order, so that two who settle the same do it one after the other
    for (const escalationId of [...asked].sort())
      results.set(escalationId, await this.settleOne(escalationId, answer, context));
    const inOrder = asked.map((id) => results.get(id)!);
    return {
      resolved: inOrder.filter(({ resolved }) => resolved).length,
      results: inOrder,
      next: await this.inbox.next(unit, principal.id),
    };
  }

  private async settleOne(escalation_id: string, answer: Answer, context: CommandContext): Promise<ResolvedOfMany> {
    try {
      await context.unit.attempt(() => this.settle(escalation_id, answer, context));
      return { escalation_id, resolved: true, reason: null, code: null };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { escalation_id, resolved: false, reason: error.message, code: error.code };
    }
  }

  /** Records the answer, and has the flow go on from it. */
  private async settle(escalationId: string, answer: Answer, context: CommandContext): Promise<Escalation> {
    const { unit, principal, now } = context;
    const detail = detailOf(answer);
    const escalation = await lockUnresolved(escalationId, context);
    await this.deputies.refuseIfTaken(unit, escalation, principal.id, now);
    this.resolutions.check(escalation, answer.resolution, answer.changes);
    const resolved = await changeCase(unit, escalation, {
      ...closing(principal.id, answer.note ?? null, now),
      assigned_to: principal.id,
      claimed_at: escalation.claimed_at ?? now,
      resolution: answer.resolution,
      resolution_detail: detail,
    });
    this.liveEvents.publish(unit, escalationLiveEvent('escalation.resolved', resolved));
    await this.resolutions.resolved(unit, resolved);
    if (resolved.lead_id !== null) await this.blocking.settled(unit, resolved.lead_id);
    return resolved;
  }
}

type Answer = Omit<ResolveEscalationRequest, 'escalation_id'>;

/** @throws AppError invalid for an agent that there is not */
function detailOf({ resolution, changes, return_to }: Answer): ResolutionDetail | null {
  if (resolution === 'change') return { changes: changes! };
  if (resolution === 'return') {
    const agent = parseAgentName(return_to ?? '');
    if (!agent || AGENT[agent.type].handoffs !== 'works')
      throw invalid('return_to', 'must name an agent, such as LT-001, EN-001 or OP-001');
    return { return_to: agent.id };
  }
  return null;
}
