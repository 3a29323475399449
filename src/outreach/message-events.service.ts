import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { newId } from '../config/index.js';
import type { Unit } from '../database/index.js';
import { LiveEvents } from '../live-events/index.js';
import { conflict, notFound } from '../errors/index.js';
import { type CommandContext, Happening, Listeners, Operation, refuseFuture } from '../operations/index.js';
import { classifySignal } from './classify-signal.js';
import { ChannelRests } from './bounces/channel-rests.js';
import { ConsentWords, personOf } from './consent/consent-words.js';
import { Message, type MessageStatus } from './message.entity.js';
import { messageHappened, messageStatusEvents } from './message-live-event.js';
import { MessageEventRequest, MessageEventResponse, MessageIdRequest, RejudgedEvents } from './messages.dto.js';
import { agentOf, originOf } from './origin-of.js';
import { recipientOf } from './recipient-facts.js';
import { type ReadEvent, climbed, readEvent, rereadBounce } from './read-event.js';
import { Suppression } from './suppression.entity.js';
import { suppress } from './suppress.js';
import { UnsubscribeRequest, UnsubscribeResponse } from './suppressions.dto.js';
import { UnsubscribeLinks } from './unsubscribe-links.js';
import {
  ANSWER_EVENTS,
  AUTO_REPLY,
  CHANNEL,
  CLICK_EVENTS,
  OPEN_EVENTS,
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

/** Of a text that is kept, in characters. */
const LONGEST_PROOF = 4000;
/** Of a lead's latest interactions, for the bounces among them. */
const LOOKED_THROUGH = 100;
const PROOFS_OF_ARRIVAL: ReadonlySet<string> = new Set([
  'delivered',
  AUTO_REPLY,
  ...OPEN_EVENTS,
  ...CLICK_EVENTS,
  ...ANSWER_EVENTS,
]);
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
    private readonly rests: ChannelRests,
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
      'Report what happened to a message: delivered, opened, clicked, replied, auto_replied, bounced, complained, unsubscribed',
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
    name: 'message.rejudge_events',
    permission: 'messages:write',
    kind: 'command',
    request: MessageIdRequest,
    response: RejudgedEvents,
    summary: 'Judge the bounces of a message again by what is kept of them, as after the table of codes has changed',
    rest: 'POST /api/v1/messages/:message_id/events/rejudge',
  })
  async rejudge({ message_id }: MessageIdRequest, { unit, now, principal }: CommandContext): Promise<RejudgedEvents> {
    const [message] = await unit.of(Message).find({ message_id }, { lock: true });
    if (!message) throw notFound('message', message_id);
    const bounces = await this.interactions.namedAfter(unit, message.lead_id, `${message_id}-bounced-`);
    const events = bounces.map(({ metadata_json }) => rereadBounce(message_id, metadata_json));
    const hard = events.find(({ bounce }) => bounce?.kind === 'hard');
    const own = { reason: 'bounce', lead_id: message.lead_id, channel: message.channel } as const;
    if (hard) await this.suppressRecipient(unit, message, BOUNCE_RULE, originOf(principal), now, now, null);
    else if (events.length > 0 && (await this.deleteBounce(unit, message, own)))
      await this.words.tell(unit, message.lead_id, 'lifted', message.channel);
    return { message_id, bounces: events.length, suppressed: await this.isSuppressed(unit, message, BOUNCE_RULE) };
  }

  /** Takes off the suppression that this message's bounces had made. */
  private async deleteBounce(
    unit: Unit,
    { message_id }: Message,
    where: Pick<Suppression, 'reason' | 'lead_id' | 'channel'>,
  ): Promise<boolean> {
    const rows = (await unit.of(Suppression).find(where)).filter(({ source }) => source.endsWith(` ${message_id}`));
    if (rows.length === 0) return false;
    await unit.of(Suppression).delete({ suppression_id: rows.map(({ suppression_id }) => suppression_id) });
    return true;
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
    const { at = now, user_agent: userAgent = null } = request;
    const event = await this.read(unit, message, request);
    const { type, because } = event;
    const signal =
      because === null
        ? classifySignal({ type, at, sentAt: message.sent_at, userAgent })
        : { human_probability: type === 'auto_replied' ? 0 : 1, reason: because };
    const interaction = interactionOf(message, request, event, at, signal);
    const isNew = await this.interactions.add(unit, interaction);
    const isWorse = !isNew && (await this.worsens(unit, interaction, event));
    if (isNew || isWorse) {
      this.liveEvents.publish(unit, messageHappened(message, type));
      await this.updateMessage(unit, message, event, now);
      await this.follow(unit, message, event, source, at, now);
      await this.listeners.tell(MESSAGE_EVENT, { unit, message, type, interaction });
    }
    const { interaction_id } = interaction;
    const suppressed = await this.isSuppressed(unit, message, ruleFor(event));
    return { interaction_id, message_id: message.message_id, type, is_new: isNew, ...signal, suppressed };
  }

  private async read(unit: Unit, message: Message, request: MessageEventRequest): Promise<ReadEvent> {
    const event = readEvent(request);
    if (event.bounce?.kind !== 'soft') return event;
    const before = await this.softBouncesBefore(unit, message);
    return { ...event, bounce: climbed(event.bounce, before) };
  }

  /** Soft bounces of the lead on the channel since something was last known to have arrived. */
  private async softBouncesBefore(unit: Unit, { lead_id, channel }: Message): Promise<number> {
    const recent = (await this.interactions.after(unit, lead_id, null, LOOKED_THROUGH)).filter(
      (each) => each.channel === channel,
    );
    const arrived = recent.findIndex(({ event_type }) => PROOFS_OF_ARRIVAL.has(event_type));
    return recent
      .slice(0, arrived < 0 ? undefined : arrived)
      .filter(({ event_type, metadata_json }) => event_type === 'bounce' && metadata_json.bounce_kind === 'soft')
      .length;
  }

  /** A hard bounce that is told after a soft one under the same id: the hard one counts, and both are kept. */
  private async worsens(
    unit: Unit,
    { interaction_id, metadata_json }: Interaction,
    event: ReadEvent,
  ): Promise<boolean> {
    if (event.bounce?.kind !== 'hard') return false;
    const known = await this.interactions.get(unit, interaction_id);
    if (!known || known.metadata_json.bounce_kind === 'hard') return false;
    const earlier = [...((known.metadata_json.earlier as unknown[] | undefined) ?? []), known.metadata_json];
    await this.interactions.amend(unit, interaction_id, { ...metadata_json, earlier });
    return true;
  }

  /** What an event means for what may be sent from now on. */
  private async follow(
    unit: Unit,
    message: Message,
    event: ReadEvent,
    source: string,
    at: string,
    now: string,
  ): Promise<void> {
    const rule = ruleFor(event);
    if (rule) await this.suppressRecipient(unit, message, rule, source, at, now, event.text);
    const { bounce } = event;
    if (bounce && (bounce.kind === 'sender' || bounce.kind === 'policy'))
      await this.rests.begin(unit, message, [bounce.code, bounce.means].filter(Boolean).join(': '));
    if (event.type === 'delivered') await this.rests.end(unit, message);
  }

  private async isSuppressed(unit: Unit, message: Message, rule: SuppressionRule | undefined): Promise<boolean> {
    if (!rule) return false;
    const address_hash = await this.addressOf(unit, message);
    if (address_hash === null) return false;
    const channel: SuppressionChannel[] = ['All', message.channel];
    return (await unit.of(Suppression).count({ address_hash, channel })) > 0;
  }

  private async addressOf(unit: Unit, { to_address_hash, lead_id, channel }: Message): Promise<string | null> {
    return to_address_hash ?? recipientOf(await this.leads.get(unit, lead_id), channel).addressHash;
  }

  /** Failures count against the channel; any sign of life proves that the message arrived, whatever the wire said. */
  private async updateMessage(unit: Unit, message: Message, { type, bounce }: ReadEvent, now: string): Promise<void> {
    const isRecipients = bounce?.kind === 'hard' || bounce?.kind === 'soft';
    const failure = bounce ? (isRecipients ? 'bounce' : 'error') : type === 'complained' ? 'complaint' : null;
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
    text: string | null,
  ): Promise<void> {
    const { channel, lead_id } = message;
    const address_hash = await this.addressOf(unit, message);
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
    else await this.withdraw(unit, { ...message, address_hash }, cause, at, text);
  }

  /** An objection: it closes every channel, to the lead and to whoever comes with this address. */
  private async withdraw(
    unit: Unit,
    { lead_id, channel, message_id, address_hash }: Objection,
    source: string,
    at: string,
    text: string | null = null,
  ): Promise<void> {
    const lead = lead_id === null ? undefined : await this.leads.get(unit, lead_id);
    const known = lead ? personOf(lead) : { lead_id, email_hash: null, phone_hash: null };
    const person = { ...known, [`${CHANNEL[channel].address}_hash`]: address_hash };
    await this.words.record(unit, person, {
      kind: 'withdrawn',
      channel,
      at,
      source,
      message_id,
      proof: text === null ? null : { text: text.slice(0, LONGEST_PROOF) },
    });
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

const BOUNCE_RULE: SuppressionRule = { reason: 'bounce', isEverywhere: false };
const SUPPRESSED_BY: Partial<Record<MessageEventType, SuppressionRule>> = {
  bounced: BOUNCE_RULE,
  complained: { reason: 'complaint', isEverywhere: true },
  unsubscribed: { reason: 'unsubscribe', isEverywhere: false },
};

/** Policy and content say nothing about the person, and a soft bounce nothing yet. */
function ruleFor({ type, bounce }: ReadEvent): SuppressionRule | undefined {
  return bounce && bounce.kind !== 'hard' ? undefined : SUPPRESSED_BY[type];
}

function outcomeOf(type: MessageEventType, outcome: string | undefined): string {
  if (type === 'unsubscribed') return 'unsubscribe';
  if (type === 'complained') return 'negative';
  return type === 'auto_replied' ? 'none' : (outcome ?? 'none');
}

function interactionOf(
  message: Message,
  request: MessageEventRequest,
  { type, text, bounce }: ReadEvent,
  at: string,
  signal: { human_probability: number; reason: string },
): Interaction {
  const { message_id, conversation_id, lead_id, campaign_id, channel, origin, variant_id } = message;
  const { event_id, user_agent, bounce_type, metadata, diagnostic, headers } = request;
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
    outcome: outcomeOf(type, request.outcome),
    // what was reported is kept as it came, so that it can be judged again
    metadata_json: {
      message_id,
      signal,
      ...(type !== request.type && { reported_as: request.type }),
      ...(text !== null && { text: text.slice(0, LONGEST_PROOF) }),
      ...(headers && { headers }),
      ...(user_agent !== undefined && { user_agent }),
      ...(bounce && {
        bounce_type: bounce.kind === 'hard' ? 'hard' : 'soft',
        bounce_kind: bounce.kind,
        bounce_code: bounce.code,
        ...(bounce_type !== undefined && { told_bounce_type: bounce_type }),
        ...(diagnostic !== undefined && { diagnostic }),
      }),
      ...(metadata && { reported: metadata }),
    },
  };
}
