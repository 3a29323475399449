import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { Interactions, Leads } from '../crm/index.js';
import { Database, type Unit } from '../database/index.js';
import { LiveEvents } from '../live-events/index.js';
import { conflict, invalid, notFound } from '../errors/index.js';
import { type CommandContext, DEFAULT_PAGE, Listeners, Operation, type QueryContext } from '../operations/index.js';
import { ChannelRouter } from './channels/channel-router.js';
import { requireWire } from './setup/require-wire.js';
import { judgeSend } from './gate.js';
import { MESSAGE_RESOLVED } from './happenings.js';
import { Message } from './message.entity.js';
import { messageStatusEvents } from './message-live-event.js';
import {
  CheckMessageRequest,
  ListMessagesRequest,
  MessageIdRequest,
  MessagePage,
  MessageResponse,
  PlanMessageRequest,
  ResolveMessageRequest,
  VerdictResponse,
  toMessageResponse,
  toVerdictResponse,
} from './messages.dto.js';
import { originOf } from './origin-of.js';
import { Outreach } from './outreach.js';
import { gatherFacts, recipientOf } from './recipient-facts.js';
import { Permissions } from './permissions.js';
import { UncertainMessages } from './uncertain-messages.js';
import { SendSetup } from './setup/send-setup.js';
import { SEND_POLICY, type SendPolicy } from './send-policy.js';

@Injectable()
export class MessagesService {
  constructor(
    private readonly database: Database,
    private readonly leads: Leads,
    readonly interactions: Interactions,
    readonly permissions: Permissions,
    private readonly setup: SendSetup,
    private readonly outreach: Outreach,
    private readonly uncertain: UncertainMessages,
    private readonly channels: ChannelRouter,
    private readonly liveEvents: LiveEvents,
    private readonly listeners: Listeners,
    private readonly clock: Clock,
    @Inject(SEND_POLICY) private readonly policy: SendPolicy,
  ) {}

  @Operation({
    name: 'message.list',
    permission: 'messages:read',
    kind: 'query',
    request: ListMessagesRequest,
    response: MessagePage,
    summary: 'Messages, newest first, a page at a time',
    rest: 'GET /api/v1/messages',
    audience: 'marketer',
  })
  async list({ limit = DEFAULT_PAGE, cursor, ...where }: ListMessagesRequest): Promise<MessagePage> {
    const order = { created_at: 'desc' } as const;
    const page = await this.database.of(Message).page({ where, order, limit, cursor });
    return { items: page.items.map(toMessageResponse), next_cursor: page.next_cursor };
  }

  @Operation({
    name: 'message.get',
    permission: 'messages:read',
    kind: 'query',
    request: MessageIdRequest,
    response: MessageResponse,
    summary: 'One message',
    rest: 'GET /api/v1/messages/:message_id',
  })
  async get({ message_id }: MessageIdRequest): Promise<MessageResponse> {
    const message = await this.database.of(Message).get(message_id);
    if (!message) throw notFound('message', message_id);
    return toMessageResponse(message);
  }

  @Operation({
    name: 'message.plan',
    permission: 'messages:write',
    kind: 'command',
    request: PlanMessageRequest,
    response: MessageResponse,
    summary: 'Wish to send a message; the gate decides whether and when it goes',
    rest: { route: 'POST /api/v1/messages', status: 201 },
    audience: 'marketer',
    goesOutside: true,
    needsPerson: { for: 'message' },
  })
  async plan(request: PlanMessageRequest, { unit, now, principal }: CommandContext): Promise<MessageResponse> {
    const lead = await this.leads.get(unit, request.lead_id);
    if (!lead) throw notFound('lead', request.lead_id);
    const { planned_for = now, expires_at } = request;
    if (expires_at !== undefined && expires_at <= planned_for)
      throw invalid('expires_at', `must be later than ${planned_for}, planned_for`);
    const wish = { campaign_id: lead.campaign_id, ...request, planned_for, origin: originOf(principal) };
    const [message] = await this.outreach.plan(unit, [wish]);
    return toMessageResponse(message!);
  }

  @Operation({
    name: 'message.check',
    permission: 'messages:read',
    kind: 'query',
    request: CheckMessageRequest,
    response: VerdictResponse,
    summary: 'What the gate would say to a message now',
    rest: 'POST /api/v1/messages/check',
    audience: 'marketer',
  })
  async check(
    { lead_id, channel, expected_value = 0 }: CheckMessageRequest,
    { now }: QueryContext,
  ): Promise<VerdictResponse> {
    const lead = await this.leads.get(this.database, lead_id);
    if (!lead) throw notFound('lead', lead_id);
    const candidate = {
      message_id: '',
      channel,
      planned_for: now,
      expires_at: '9999-12-31T23:59:59.999Z',
      expected_value,
      campaign_id: lead.campaign_id,
      sequence: null,
    };
    const at = new Date(now);
    const facts = await gatherFacts(this.database, this, candidate, lead, recipientOf(lead, channel), this.policy, at);
    const verdict = judgeSend(candidate, facts, this.policy, at);
    return toVerdictResponse(requireWire(verdict, channel, this.channels.adapterFor(channel), this.setup));
  }

  @Operation({
    name: 'message.cancel',
    permission: 'messages:write',
    kind: 'command',
    request: MessageIdRequest,
    response: MessageResponse,
    summary: 'Take back a message that has not gone out',
    rest: 'POST /api/v1/messages/:message_id/cancel',
    isIdempotent: true,
  })
  async cancel({ message_id }: MessageIdRequest, { unit, principal }: CommandContext): Promise<MessageResponse> {
    const message = await this.lock(unit, message_id);
    if (message.status === 'cancelled') return toMessageResponse(message);
    if (message.status !== 'planned' && message.status !== 'held') {
      throw conflict(
        'message_not_cancellable',
        `the message is ${message.status}; only planned and held ones can be cancelled`,
      );
    }
    return this.change(unit, message, {
      status: 'cancelled',
      earliest: null,
      failure_reason: `cancelled by ${originOf(principal)}`,
    });
  }

  @Operation({
    name: 'message.resolve',
    permission: 'messages:write',
    kind: 'command',
    request: ResolveMessageRequest,
    response: MessageResponse,
    summary: 'Say what became of a message whose delivery is uncertain',
    rest: 'POST /api/v1/messages/:message_id/resolve',
  })
  async resolve(
    { message_id, resolution }: ResolveMessageRequest,
    { unit, now, principal }: CommandContext,
  ): Promise<MessageResponse> {
    const message = await this.lock(unit, message_id);
    if (message.status !== 'uncertain') {
      throw conflict('message_not_uncertain', `the message is ${message.status}; only uncertain ones can be resolved`);
    }
    await this.listeners.tell(MESSAGE_RESOLVED, { unit, message, by: principal.id, resolution, now });
    switch (resolution) {
      case 'sent':
      case 'not_sent':
        await this.uncertain.settle(unit, message_id, resolution, now);
        return toMessageResponse((await unit.of(Message).get(message_id))!);
      case 'cancelled':
        return this.change(unit, message, {
          status: 'cancelled',
          failure_reason: `given up by ${originOf(principal)}`,
        });
    }
  }

  private async lock(unit: Unit, messageId: string): Promise<Message> {
    const [message] = await unit.of(Message).find({ message_id: messageId }, { lock: true });
    if (!message) throw notFound('message', messageId);
    return message;
  }

  private async change(unit: Unit, message: Message, changes: Partial<Message>): Promise<MessageResponse> {
    const patch = { ...changes, updated_at: this.clock.iso() };
    await unit.of(Message).update({ message_id: message.message_id }, patch);
    if (changes.status) this.liveEvents.publish(unit, messageStatusEvents(message, changes.status));
    return toMessageResponse({ ...message, ...patch });
  }
}
