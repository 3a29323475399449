import { Injectable } from '@nestjs/common';
import { Database, type Unit } from '../../database/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { conflict, invalid, notFound } from '../../errors/index.js';
import { type CommandContext, DEFAULT_PAGE, Operation, checkVersion } from '../../operations/index.js';
import { BlockingCases } from '../../outreach/index.js';
import { escalationLiveEvent } from '../inbox-events.js';
import { requirePerson } from '../require-person.js';
import { Escalation, type ResolutionDetail } from './escalation.entity.js';
import {
  EscalationIdRequest,
  EscalationPage,
  EscalationResponse,
  ListEscalationsRequest,
  ResolveEscalationRequest,
  toEscalationResponse,
} from './escalations.dto.js';
import { ResolutionRegistry } from './resolution-registry.js';
import { AGENT, parseAgentName } from '../../vocabulary/index.js';

@Injectable()
export class EscalationsService {
  constructor(
    private readonly database: Database,
    private readonly resolutions: ResolutionRegistry,
    private readonly liveEvents: LiveEvents,
    private readonly blocking: BlockingCases,
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
    response: EscalationResponse,
    summary: 'One case with its context',
    rest: { route: 'GET /api/v1/escalations/:escalation_id', hasEtag: true, tag: 'inbox' },
  })
  async get({ escalation_id }: EscalationIdRequest): Promise<EscalationResponse> {
    const escalation = await this.database.of(Escalation).get(escalation_id);
    if (!escalation) throw notFound('escalation', escalation_id);
    return toEscalationResponse(escalation);
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
    if (escalation.due_at > now) refuseIfTaken(escalation, principal.id);
    const claimed = await change(unit, escalation, { status: 'claimed', assigned_to: principal.id, claimed_at: now });
    this.liveEvents.publish(unit, escalationLiveEvent('escalation.claimed', claimed));
    return toEscalationResponse(claimed);
  }

  @Operation({
    name: 'escalation.resolve',
    permission: 'approvals:decide',
    kind: 'command',
    request: ResolveEscalationRequest,
    response: EscalationResponse,
    summary: 'Settle a case: approve, reject, change fields, or return it to an agent; the flow goes on from there',
    rest: { route: 'POST /api/v1/escalations/:escalation_id/resolve', hasEtag: true, tag: 'inbox' },
    audience: 'person',
  })
  async resolve(request: ResolveEscalationRequest, context: CommandContext): Promise<EscalationResponse> {
    const { unit, principal, now } = context;
    const detail = detailOf(request);
    const escalation = await lockUnresolved(request.escalation_id, context);
    refuseIfTaken(escalation, principal.id);
    const resolved = await change(unit, escalation, {
      status: 'resolved',
      assigned_to: principal.id,
      claimed_at: escalation.claimed_at ?? now,
      resolved_at: now,
      resolved_by: principal.id,
      resolution: request.resolution,
      resolution_note: request.note ?? null,
      resolution_detail: detail,
      sort_key: null,
      snoozed_until: null,
      until_answer: false,
    });
    this.liveEvents.publish(unit, escalationLiveEvent('escalation.resolved', resolved));
    await this.resolutions.resolved(unit, resolved);
    if (resolved.lead_id !== null) await this.blocking.settled(unit, resolved.lead_id);
    return toEscalationResponse(resolved);
  }
}

/** @throws AppError invalid for an agent that there is not */
function detailOf({ resolution, changes, return_to }: ResolveEscalationRequest): ResolutionDetail | null {
  if (resolution === 'change') return { changes: changes! };
  if (resolution === 'return') {
    const agent = parseAgentName(return_to ?? '');
    if (!agent || AGENT[agent.type].handoffs !== 'works')
      throw invalid('return_to', 'must name an agent, such as LT-001, EN-001 or OP-001');
    return { return_to: agent.id };
  }
  return null;
}

async function lockUnresolved(escalationId: string, { unit, principal, ifMatch }: CommandContext): Promise<Escalation> {
  requirePerson(principal);
  const [escalation] = await unit.of(Escalation).find({ escalation_id: escalationId }, { lock: true });
  if (!escalation) throw notFound('escalation', escalationId);
  checkVersion(ifMatch, escalation.version);
  if (escalation.status === 'resolved') {
    throw conflict(
      'escalation_resolved',
      `this escalation was resolved on ${escalation.resolved_at} by ${escalation.resolved_by}`,
    );
  }
  return escalation;
}

function refuseIfTaken({ assigned_to, due_at }: Escalation, principalId: string): void {
  if (assigned_to === null || assigned_to === principalId) return;
  throw conflict(
    'escalation_claimed',
    `${assigned_to} has claimed this escalation; another person can claim it after ${due_at}`,
  );
}

async function change(unit: Unit, escalation: Escalation, patch: Partial<Escalation>): Promise<Escalation> {
  const next = { ...patch, version: escalation.version + 1 };
  await unit.of(Escalation).update({ escalation_id: escalation.escalation_id }, next);
  return { ...escalation, ...next };
}
