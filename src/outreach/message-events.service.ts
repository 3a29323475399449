import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { newId } from '../config/index.js';
import type { Unit } from '../database/index.js';
import { LiveEvents } from '../live-events/index.js';
import { conflict, notFound } from '../errors/index.js';
import { type CommandContext, Happening, Listeners, Operation, refuseFuture } from '../operations/index.js';
import { classifySignal } from './classify-signal.js';
import { ConsentWords, personOf } from './consent/consent-words.js';
import { Message, type MessageStatus } from './message.entity.js';
import { messageHappened, messageStatusEvents } from './message-live-event.js';
import { MessageEventRequest, MessageEventResponse } from './messages.dto.js';
import { agentOf, originOf } from './origin-of.js';
import { recipientOf } from './recipient-facts.js';
import { suppress } from './suppress.js';
import { UnsubscribeRequest, UnsubscribeResponse } from './suppressions.dto.js';
import { UnsubscribeLinks } from './unsubscribe-links.js';
import {
  CHANNEL,
  eventOfMessage,
  type MessageEventType,
  type SuppressionChannel,
  type SuppressionReason,
} from '../vocabulary/index.js';
import { type Interaction, Interactions, Leads } from '../crm/index.js';

/** What came back for a message, as its listeners see it. */
export interface MessageEvent {
  readonly unit: Unit;
  readonly message: Message;
  readonly type: MessageEventType;
  readonly interaction: Interaction;
}

/** Told of each new event, in the unit that records it. */
export const MESSAGE_EVENT = new Happening<MessageEvent>('message event');

/** What an attempt can leave a message in without anybody knowing that it arrived. */
const UNPROVEN: readonly MessageStatus[] = ['uncertain', 'failed', 'planned', 'held'];

/** Takes in what recipients and providers did with messages. */
@Injectable()
export class MessageEventsService {
  constructor(
    private readonly leads: Leads,
    private readonly interactions: Interactions,
    private readonly links: UnsubscribeLinks,
    private readonly words: ConsentWords,
    private readonly liveEvents: LiveEvents,
    private readonly listeners: Listeners,
  ) {}

  @Operation({
    name: 'message.event',
    permission: 'messages:write',
    kind: 'command',
    request: MessageEventRequest,
    response: MessageEventResponse,
    summary:
      'Report what happened to a message: delivered, opened, clicked, replied, bounced, complained, unsubscribed',
    rest: { route: 'POST /api/v1/messages/:message_id/events', status: 201 },
  })
  async record(request: MessageEventRequest, { unit, now, principal }: CommandContext): Promise<MessageEventResponse> {
    const [message] = await unit.of(Message).find({ message_id: request.message_id }, { lock: true });
    if (!message) throw notFound('message', request.message_id);
    if (message.attempts === 0)
      throw conflict('message_not_sent', `the message is ${message.status}; nothing can have happened to it yet`);
    refuseFuture('at', request.at, now);
    return this.take(unit, message, request, now, originOf(principal));
  }

  @Operation({
    name: 'suppression.unsubscribe',
    permission: null,
    kind: 'command',
    request: UnsubscribeRequest,
    response: UnsubscribeResponse,
    summary: 'Opt out by the token of an unsubscribe link',
    isPublic: true,
    carriesSecret: true,
  })
  async unsubscribe({ token }: UnsubscribeRequest, { unit, now }: CommandContext): Promise<UnsubscribeResponse> {
    const claim = this.links.read(token);
    if (!claim) throw notFound('unsubscribe link', token.slice(0, 16));
    const { channel, address_hash, message_id } = claim;
    const [message] = await unit.of(Message).find({ message_id }, { lock: true });
    const lead_id = message?.lead_id ?? null;
    await suppress(unit, {
      channel,
      address_hash,
      reason: 'unsubscribe',
      source: 'one-click',
      lead_id,
      created_at: now,
    });
    const event = { message_id, type: 'unsubscribed', event_id: 'one-click' } as const;
    const isNew = message !== undefined && (await this.take(unit, message, event, now, 'one-click')).is_new;
    // a second no on the same link is a word, too: there may have been a yes between
    if (!isNew) await this.withdraw(unit, { lead_id, channel, message_id, address_hash }, 'one-click', now);
    return { channel };
  }

  private async take(
    unit: Unit,
    message: Message,
    request: MessageEventRequest,
    now: string,
    source: string,
  ): Promise<MessageEventResponse> {
    const { type, at = now, user_agent: userAgent = null, bounce_type = 'hard' } = request;
    const signal = classifySignal({ type, at, sentAt: message.sent_at, userAgent });
    const interaction = interactionOf(message, request, at, signal);
    const isNew = await this.interactions.add(unit, interaction);
    const rule = type === 'bounced' && bounce_type === 'soft' ? undefined : SUPPRESSED_BY[type];
    if (isNew) {
      this.liveEvents.publish(unit, messageHappened(message, type));
      await this.updateMessage(unit, message, type, now);
      if (rule) await this.suppressRecipient(unit, message, rule, source, at, now);
      await this.listeners.tell(MESSAGE_EVENT, { unit, message, type, interaction });
    }
    const { interaction_id } = interaction;
    return { interaction_id, message_id: message.message_id, is_new: isNew, ...signal, suppressed: rule !== undefined };
  }

  /** Failures count against the channel; any sign of life proves that the message arrived, whatever the wire said. */
  private async updateMessage(unit: Unit, message: Message, type: MessageEventType, now: string): Promise<void> {
    const failure = type === 'bounced' ? 'bounce' : type === 'complained' ? 'complaint' : null;
    const hasArrived = UNPROVEN.includes(message.status) && type !== 'bounced';
    if (!failure && !hasArrived) return;
    if (hasArrived) this.liveEvents.publish(unit, messageStatusEvents(message, 'sent'));
    await unit
      .of(Message)
      .update(
        { message_id: message.message_id },
        {
          ...(hasArrived && {
            status: 'sent',
            sent_at: message.claimed_at ?? now,
            earliest: null,
            failure: null,
            failed_at: null,
            failure_reason: null,
          }),
          ...(failure && { failure, failed_at: now }),
          updated_at: now,
        },
      );
  }

  private async suppressRecipient(
    unit: Unit,
    message: Message,
    rule: SuppressionRule,
    source: string,
    at: string,
    now: string,
  ): Promise<void> {
    const { channel, lead_id } = message;
    const address_hash =
      message.to_address_hash ?? recipientOf(await this.leads.get(unit, lead_id), channel).addressHash;
    if (address_hash === null) return;
    const scope: SuppressionChannel = rule.isEverywhere ? 'All' : channel;
    const cause = `${source} ${message.message_id}`;
    await suppress(unit, {
      channel: scope,
      address_hash,
      reason: rule.reason,
      source: cause,
      lead_id,
      created_at: now,
    });
    if (rule.reason === 'bounce') await this.words.tell(unit, lead_id, 'suppressed', scope);
    else await this.withdraw(unit, { ...message, address_hash }, cause, at);
  }

  /** An objection: it closes every channel, to the lead and to whoever comes with this address. */
  private async withdraw(
    unit: Unit,
    { lead_id, channel, message_id, address_hash }: Objection,
    source: string,
    at: string,
  ): Promise<void> {
    const lead = lead_id === null ? undefined : await this.leads.get(unit, lead_id);
    const known = lead ? personOf(lead) : { lead_id, email_hash: null, phone_hash: null };
    const person = { ...known, [`${CHANNEL[channel].address}_hash`]: address_hash };
    await this.words.record(unit, person, { kind: 'withdrawn', channel, at, source, message_id });
  }
}

/** Who objects, by the message to which it is the answer and the address that the message went to. */
type Objection = Pick<Message, 'channel' | 'message_id'> & {
  readonly lead_id: string | null;
  readonly address_hash: string;
};

interface SuppressionRule {
  readonly reason: SuppressionReason;
  /** On every channel that uses the address. */
  readonly isEverywhere: boolean;
}

const SUPPRESSED_BY: Partial<Record<MessageEventType, SuppressionRule>> = {
  bounced: { reason: 'bounce', isEverywhere: false },
  complained: { reason: 'complaint', isEverywhere: true },
  unsubscribed: { reason: 'unsubscribe', isEverywhere: false },
};

function outcomeOf({ type, outcome }: MessageEventRequest): string {
  if (type === 'unsubscribed') return 'unsubscribe';
  if (type === 'complained') return 'negative';
  return outcome ?? 'none';
}

function interactionOf(
  message: Message,
  request: MessageEventRequest,
  at: string,
  signal: { human_probability: number; reason: string },
): Interaction {
  const { message_id, conversation_id, lead_id, campaign_id, channel, origin, variant_id } = message;
  const { type, event_id, user_agent, bounce_type, metadata } = request;
  const suffix =
    event_id === undefined ? newId('evt') : createHash('sha256').update(event_id).digest('hex').slice(0, 16);
  return {
    interaction_id: `${message_id}-${type}-${suffix}`,
    conversation_id,
    lead_id,
    campaign_id,
    timestamp: at,
    channel,
    event_type: eventOfMessage(type, channel),
    agent_id: agentOf(origin),
    variant_id,
    outcome: outcomeOf(request),
    metadata_json: {
      message_id,
      signal,
      ...(user_agent !== undefined && { user_agent }),
      ...(type === 'bounced' && { bounce_type: bounce_type ?? 'hard' }),
      ...(metadata && { reported: metadata }),
    },
  };
}
