import { Injectable } from '@nestjs/common';
import { newId } from '../../config/index.js';
import { Database, type Unit } from '../../database/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { conflict, invalid, notFound } from '../../errors/index.js';
import {
  type CommandContext,
  DEFAULT_PAGE,
  Happening,
  Listeners,
  Operation,
  refuseFuture,
} from '../../operations/index.js';
import { Campaign } from '../campaigns/campaign.entity.js';
import { Lead } from '../leads/lead.entity.js';
import { interactionAdded, leadUpdated } from '../resource-updates.js';
import { ANSWER_EVENTS, AUTO_REPLY, type MailHeaders, autoReplyReason } from '../../vocabulary/index.js';
import { AgentAction } from './agent-action.entity.js';
import { Conversation } from './conversation.entity.js';
import {
  AgentActionPage,
  ConversationPage,
  InteractionIdRequest,
  InteractionPage,
  InteractionResponse,
  ListByLeadRequest,
  ListInteractionsRequest,
  TrackInteractionRequest,
  toInteractionResponse,
} from './conversations.dto.js';
import { Interaction } from './interaction.entity.js';
import { Conversations } from './conversations.js';
import { Interactions } from './interactions.js';
import { isMachineMade } from './machine-made.js';

export interface TrackedInteraction {
  unit: Unit;
  interaction: Interaction;
  lead: Lead;
  now: string;
}

/** Told in the unit that records the interaction. */
export const INTERACTION_TRACKED = new Happening<TrackedInteraction>('interaction tracked');

@Injectable()
export class ConversationsService {
  constructor(
    private readonly database: Database,
    private readonly conversationsOf: Conversations,
    private readonly interactions: Interactions,
    private readonly liveEvents: LiveEvents,
    private readonly listeners: Listeners,
  ) {}

  @Operation({
    name: 'interaction.track',
    permission: 'leads:write',
    kind: 'command',
    request: TrackInteractionRequest,
    response: InteractionResponse,
    summary: 'Record something that happened with a lead',
    rest: { route: 'POST /api/v1/interactions', status: 201, tag: 'conversations' },
    aliases: { rpc: 'trackEvent' },
    resource: 'db://interactions',
    audience: 'marketer',
  })
  async track(request: TrackInteractionRequest, { unit, now }: CommandContext): Promise<InteractionResponse> {
    const [lead] = await unit.of(Lead).find({ lead_id: request.lead_id }, { lock: true });
    if (!lead) throw notFound('lead', request.lead_id);
    if (request.campaign_id && !(await unit.of(Campaign).get(request.campaign_id))) {
      throw invalid('campaign_id', `there is no campaign "${request.campaign_id}"`);
    }
    refuseFuture('timestamp', request.timestamp, now);
    const timestamp = request.timestamp ?? now;
    const conversation = await this.conversationsOf.open(unit, lead.lead_id, now);
    const interaction: Interaction = {
      interaction_id: request.interaction_id ?? newId('INT'),
      conversation_id: conversation.conversation_id,
      lead_id: lead.lead_id,
      campaign_id: request.campaign_id ?? lead.campaign_id,
      timestamp,
      channel: request.channel,
      event_type: typeOf(request),
      agent_id: null,
      variant_id: request.variant_id ?? null,
      outcome: request.outcome ?? 'none',
      metadata_json: request.metadata_json ?? {},
    };
    if (!(await this.interactions.add(unit, interaction))) {
      throw conflict('interaction_exists', `interaction_id: "${interaction.interaction_id}" is recorded already`);
    }
    this.liveEvents.publish(unit, [
      interactionAdded(interaction.interaction_id, lead.lead_id),
      leadUpdated(lead.lead_id),
    ]);
    await this.conversationsOf.touch(unit, conversation, timestamp);
    const isActive = interaction.event_type !== AUTO_REPLY && !isMachineMade(interaction.metadata_json);
    if (isActive && (!lead.last_active_at || timestamp > lead.last_active_at))
      await unit.of(Lead).update({ lead_id: lead.lead_id }, { last_active_at: timestamp });
    await this.listeners.tell(INTERACTION_TRACKED, { unit, interaction, lead, now });
    return toInteractionResponse(interaction);
  }

  @Operation({
    name: 'interaction.list',
    permission: 'leads:read',
    kind: 'query',
    request: ListInteractionsRequest,
    response: InteractionPage,
    summary: 'Interactions, newest first',
    rest: { route: 'GET /api/v1/interactions', tag: 'conversations' },
    resource: 'db://interactions',
  })
  async list({ limit = DEFAULT_PAGE, cursor, ...where }: ListInteractionsRequest): Promise<InteractionPage> {
    const page = await this.database.of(Interaction).page({ where, order: { timestamp: 'desc' }, limit, cursor });
    return { items: page.items.map(toInteractionResponse), next_cursor: page.next_cursor };
  }

  @Operation({
    name: 'interaction.get',
    permission: 'leads:read',
    kind: 'query',
    request: InteractionIdRequest,
    response: InteractionResponse,
    summary: 'One interaction',
    rest: { route: 'GET /api/v1/interactions/:interaction_id', tag: 'conversations' },
    resource: 'db://interactions',
  })
  async get({ interaction_id }: InteractionIdRequest): Promise<InteractionResponse> {
    const interaction = await this.database.of(Interaction).get(interaction_id);
    if (!interaction) throw notFound('interaction', interaction_id);
    return toInteractionResponse(interaction);
  }

  @Operation({
    name: 'conversation.list',
    permission: 'leads:read',
    kind: 'query',
    request: ListByLeadRequest,
    response: ConversationPage,
    summary: 'Conversations, latest first',
    rest: 'GET /api/v1/conversations',
    resource: 'db://interactions',
  })
  conversations({ limit = DEFAULT_PAGE, cursor, ...where }: ListByLeadRequest): Promise<ConversationPage> {
    return this.database.of(Conversation).page({ where, order: { last_event_at: 'desc' }, limit, cursor });
  }

  @Operation({
    name: 'agent_action.list',
    permission: 'leads:read',
    kind: 'query',
    request: ListByLeadRequest,
    response: AgentActionPage,
    summary: 'What agents did, newest first',
    rest: { route: 'GET /api/v1/agent-actions', tag: 'conversations' },
  })
  actions({ limit = DEFAULT_PAGE, cursor, ...where }: ListByLeadRequest): Promise<AgentActionPage> {
    return this.database.of(AgentAction).page({ where, order: { timestamp: 'desc' }, limit, cursor });
  }
}

/** A reply whose headers or words are those of a machine is none of the lead. */
function typeOf({ event_type, metadata_json: { headers, text, body } = {} }: TrackInteractionRequest): string {
  if (!ANSWER_EVENTS.includes(event_type)) return event_type;
  const said = typeof text === 'string' ? text : typeof body === 'string' ? body : '';
  const named = typeof headers === 'object' && headers !== null ? (headers as MailHeaders) : {};
  return autoReplyReason(named, said) === null ? event_type : AUTO_REPLY;
}
