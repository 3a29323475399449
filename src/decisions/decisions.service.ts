import { Injectable } from '@nestjs/common';
import { Database, startsWith } from '../database/index.js';
import { LiveEvents } from '../live-events/index.js';
import { conflict, notFound } from '../errors/index.js';
import { type CommandContext, DEFAULT_PAGE, Operation } from '../operations/index.js';
import { DecisionParts } from './decision-parts.js';
import { Decision } from './decision.entity.js';
import { decisionEvent } from './decision-event.js';
import {
  DecisionIdRequest,
  DecisionPage,
  DecisionResponse,
  ListDecisionsRequest,
  UndoDecisionRequest,
  toDecisionResponse,
  toDecisionSummary,
} from './decisions.dto.js';
import { InverseRegistry } from './inverse-registry.js';

@Injectable()
export class DecisionsService {
  constructor(
    private readonly database: Database,
    private readonly parts: DecisionParts,
    private readonly inverses: InverseRegistry,
    private readonly liveEvents: LiveEvents,
  ) {}

  @Operation({
    name: 'decision.list',
    permission: 'decisions:read',
    kind: 'query',
    request: ListDecisionsRequest,
    response: DecisionPage,
    summary: 'What the agents decided, newest first',
    rest: 'GET /api/v1/decisions',
  })
  async list({
    limit = DEFAULT_PAGE,
    cursor,
    policy,
    id_prefix,
    ...filters
  }: ListDecisionsRequest): Promise<DecisionPage> {
    const page = await this.database
      .of(Decision)
      .page({
        where: {
          ...filters,
          ...(id_prefix !== undefined && { decision_id: startsWith(id_prefix) }),
          ...(policy !== undefined && { policy_name: policy }),
        },
        order: { created_at: 'desc' },
        limit,
        cursor,
      });
    return { items: page.items.map(toDecisionSummary), next_cursor: page.next_cursor };
  }

  @Operation({
    name: 'decision.get',
    permission: 'decisions:read',
    kind: 'query',
    request: DecisionIdRequest,
    response: DecisionResponse,
    summary: 'One decision with everything it was made on, explained in sentences',
    rest: 'GET /api/v1/decisions/:decision_id',
    audience: 'marketer',
  })
  async get({ decision_id }: DecisionIdRequest): Promise<DecisionResponse> {
    const decision = await this.database.of(Decision).get(decision_id);
    if (!decision) throw notFound('decision', decision_id);
    const [whole] = await this.parts.resolve(this.database, [decision]);
    return toDecisionResponse(whole!);
  }

  @Operation({
    name: 'decision.undo',
    permission: 'decisions:undo',
    kind: 'command',
    isDestructive: true,
    request: UndoDecisionRequest,
    response: DecisionResponse,
    summary: 'Take back what a decision did: once, and only while the state that it left has not moved',
    rest: 'POST /api/v1/decisions/:decision_id/undo',
  })
  async undo(
    { decision_id, reason }: UndoDecisionRequest,
    { unit, principal, now }: CommandContext,
  ): Promise<DecisionResponse> {
    const [decision] = await unit.of(Decision).find({ decision_id }, { lock: true });
    if (!decision) throw notFound('decision', decision_id);
    await this.inverses.run(unit, inverseOf(decision), { principal, now, reason });
    const patch = { status: 'undone' as const, undone_at: now, undone_by: principal.id, undo_reason: reason };
    await unit.of(Decision).update({ decision_id }, patch);
    this.liveEvents.publish(unit, decisionEvent('decision.undone', { ...decision, ...patch }));
    const [whole] = await this.parts.resolve(unit, [{ ...decision, ...patch }]);
    return toDecisionResponse(whole!);
  }
}

function inverseOf({ status, inverse, undone_at, undone_by }: Decision) {
  if (status === 'undone') throw conflict('already_undone', `this decision was undone on ${undone_at} by ${undone_by}`);
  if (status !== 'applied')
    throw conflict('not_applied', `this decision is ${status}: nothing was done that could be undone`);
  if (!inverse) throw conflict('irreversible', 'what this decision did cannot be taken back');
  return inverse;
}
