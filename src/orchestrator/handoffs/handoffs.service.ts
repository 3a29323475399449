import { Injectable } from '@nestjs/common';
import { Conversations, Leads } from '../../crm/index.js';
import { Database, type Unit } from '../../database/index.js';
import { conflict, invalid, notFound } from '../../errors/index.js';
import { Inbox } from '../../inbox/index.js';
import { Journeys } from '../../journeys/index.js';
import { type CommandContext, DEFAULT_PAGE, Operation } from '../../operations/index.js';
import { Handoff } from './handoff.entity.js';
import {
  CompleteHandoffRequest,
  HandoffIdRequest,
  HandoffPage,
  HandoffRequestBody,
  HandoffResponse,
  ListHandoffsRequest,
  toHandoffResponse,
} from './handoffs.dto.js';
import { Handoffs } from './handoffs.js';

@Injectable()
export class HandoffsService {
  constructor(
    private readonly database: Database,
    private readonly leads: Leads,
    private readonly conversations: Conversations,
    private readonly handoffs: Handoffs,
    private readonly inbox: Inbox,
    private readonly journeys: Journeys,
  ) {}

  @Operation({
    name: 'agent.handoff',
    permission: 'handoffs:write',
    kind: 'command',
    request: HandoffRequestBody,
    response: HandoffResponse,
    summary: 'Hand a lead from one agent to another, with its whole context',
    rest: { route: 'POST /api/v1/agents/handoff', status: 202, tag: 'handoffs' },
    aliases: { rest: 'POST /api/agents/handoff' },
    audience: 'marketer',
  })
  async request(request: HandoffRequestBody, { unit, now }: CommandContext): Promise<HandoffResponse> {
    const lead = await this.leads.get(unit, request.lead_id);
    if (!lead) throw notFound('lead', request.lead_id);
    await this.checkConversation(unit, request);
    const { short_term_memory = {}, conversation_history, next_actions } = request.preservation_data ?? {};
    const conversationId =
      request.conversation_id ?? (await this.conversations.open(unit, lead.lead_id, now)).conversation_id;
    const [handoff] = await this.handoffs.request(
      unit,
      [
        {
          from_agent: request.from_agent,
          to_agent: request.to_agent,
          purpose: 'request',
          lead_id: lead.lead_id,
          campaign_id: lead.campaign_id,
          conversation_id: conversationId,
          context: request.context ?? {},
          preservation_data: {
            short_term_memory,
            conversation_history: list('preservation_data.conversation_history', conversation_history),
            next_actions: list('preservation_data.next_actions', next_actions),
          },
        },
      ],
      now,
    );
    return toHandoffResponse(handoff!);
  }

  @Operation({
    name: 'handoff.list',
    permission: 'handoffs:read',
    kind: 'query',
    request: ListHandoffsRequest,
    response: HandoffPage,
    summary: 'Handoffs, newest first',
    rest: 'GET /api/v1/handoffs',
  })
  async list({ limit = DEFAULT_PAGE, cursor, ...where }: ListHandoffsRequest): Promise<HandoffPage> {
    const page = await this.database
      .of(Handoff)
      .page({ where: where as object, order: { created_at: 'desc' }, limit, cursor });
    return { items: page.items.map(toHandoffResponse), next_cursor: page.next_cursor };
  }

  @Operation({
    name: 'handoff.get',
    permission: 'handoffs:read',
    kind: 'query',
    request: HandoffIdRequest,
    response: HandoffResponse,
    summary: 'One handoff',
    rest: 'GET /api/v1/handoffs/:handoff_id',
  })
  async get({ handoff_id }: HandoffIdRequest): Promise<HandoffResponse> {
    const handoff = await this.database.of(Handoff).get(handoff_id);
    if (!handoff) throw notFound('handoff', handoff_id);
    return toHandoffResponse(handoff);
  }

  @Operation({
    name: 'handoff.complete',
    permission: 'handoffs:write',
    kind: 'command',
    request: CompleteHandoffRequest,
    response: HandoffResponse,
    summary: 'Say that a handoff to a person is done',
    rest: 'POST /api/v1/handoffs/:handoff_id/complete',
  })
  async complete(
    { handoff_id, note }: CompleteHandoffRequest,
    { unit, now, principal }: CommandContext,
  ): Promise<HandoffResponse> {
    const [handoff] = await unit.of(Handoff).find({ handoff_id }, { lock: true });
    if (!handoff) throw notFound('handoff', handoff_id);
    if (handoff.status !== 'delivered' && handoff.status !== 'acknowledged') {
      throw conflict(
        'handoff_not_open',
        `the handoff is ${handoff.status}; only one that lies with people can be completed`,
      );
    }
    const result = { completed_by: principal.id, ...(note !== undefined && { note }) };
    await this.handoffs.complete(unit, handoff_id, result, now);
    const { escalation_id } = handoff.result ?? {};
    if (typeof escalation_id === 'string')
      await this.inbox.closeCase(unit, escalation_id, { by: principal.id, note: note ?? null }, now);
    if (handoff.lead_id !== null) {
      const reason = `${principal.id} completed the handoff ${handoff_id}`;
      await this.journeys.tell(unit, [{ lead_id: handoff.lead_id, event: 'handled', reason }], now);
    }
    return toHandoffResponse((await unit.of(Handoff).get(handoff_id))!);
  }

  /** What was said with one lead must not reach the agent that works on another. */
  private async checkConversation(unit: Unit, { conversation_id, lead_id }: HandoffRequestBody): Promise<void> {
    const conversation =
      conversation_id === undefined ? undefined : await this.conversations.get(unit, conversation_id);
    if (conversation && conversation.lead_id !== lead_id) {
      throw conflict(
        'conversation_of_another_lead',
        `conversation_id: "${conversation_id}" is a conversation with another lead than "${lead_id}"`,
      );
    }
  }
}

function list(path: string, value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(path, 'must be a list');
  return value;
}
