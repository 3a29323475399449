import { Injectable } from '@nestjs/common';
import { Database, startsWith } from '../database/index.js';
import { notFound } from '../errors/index.js';
import { type CommandContext, DEFAULT_PAGE, Operation } from '../operations/index.js';
import { DecisionParts } from './decision-parts.js';
import { Decision } from './decision.entity.js';
import {
  DecisionIdRequest,
  DecisionPage,
  DecisionResponse,
  ListDecisionsRequest,
  UndoDecisionRequest,
  toDecisionResponse,
  toDecisionSummary,
} from './decisions.dto.js';
import { Undoing, wasUndoneAlong } from './undoing.js';

@Injectable()
export class DecisionsService {
  constructor(
    private readonly database: Database,
    private readonly parts: DecisionParts,
    private readonly undoing: Undoing,
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
    const reversible = await this.undoing.reversible(this.database, page.items);
    return {
      items: page.items.map((each) => toDecisionSummary(each, reversible.has(each.decision_id))),
      next_cursor: page.next_cursor,
    };
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
    const reversible = await this.undoing.reversible(this.database, [decision]);
    return toDecisionResponse(whole!, reversible.has(decision_id));
  }

  @Operation({
    name: 'decision.undo',
    permission: 'decisions:undo',
    kind: 'command',
    isDestructive: true,
    request: UndoDecisionRequest,
    response: DecisionResponse,
    summary: 'Take back what a decision did and what followed from it: once, while nothing has left the house',
    rest: 'POST /api/v1/decisions/:decision_id/undo',
  })
  async undo(
    { decision_id, reason }: UndoDecisionRequest,
    { unit, principal, now }: CommandContext,
  ): Promise<DecisionResponse> {
    const [decision] = await unit.of(Decision).find({ decision_id }, { lock: true });
    if (!decision) throw notFound('decision', decision_id);
    // what was taken back along with another stands as its caller wants it
    const undone = wasUndoneAlong(decision)
      ? decision
      : await this.undoing.undo(unit, decision, { principal, now, reason });
    const [whole] = await this.parts.resolve(unit, [undone]);
    return toDecisionResponse(whole!, false);
  }
}
