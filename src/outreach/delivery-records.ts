import { Injectable } from '@nestjs/common';
import { Clock, createRandom } from '../config/index.js';
import { Interactions } from '../crm/index.js';
import type { Unit } from '../database/index.js';
import { LiveEvents } from '../live-events/index.js';
import { Listeners } from '../operations/index.js';
import { Outbox } from '../queue/index.js';
import { Metrics } from '../telemetry/index.js';
import { ChannelRests } from './bounces/channel-rests.js';
import type { DeliveryResult } from './channels/channel-adapter.js';
import { dispatchAt } from './dispatch-item.js';
import { MESSAGE_SETTLED, type MessageSettled } from './happenings.js';
import { type Failure, Message } from './message.entity.js';
import { messageStatusEvents } from './message-live-event.js';
import { agentOf } from './origin-of.js';
import { suppress } from './suppress.js';
import { CHANNEL } from '../vocabulary/index.js';

/**
 * Quick tries after the first. What fails then counts as an error of the channel, which may rest, and is tried about
 * once an hour for as long as it is worth sending: a relay that is away costs a delay, never a lead.
 */
export const MAX_RETRIES = 3;
const FIRST_RETRY_SECONDS = 30;
const SLOW_RETRY_SECONDS = 3600;
const LONGEST_RETRY_SECONDS = 6 * 3600;

/** Writes down what the wire answered. */
@Injectable()
export class DeliveryRecords {
  private readonly outcomes;

  constructor(
    private readonly clock: Clock,
    private readonly interactions: Interactions,
    private readonly outbox: Outbox,
    private readonly liveEvents: LiveEvents,
    private readonly listeners: Listeners,
    private readonly rests: ChannelRests,
    metrics: Metrics,
  ) {
    this.outcomes = metrics.counter('herald_deliveries_total', 'Answers of the wires to messages', [
      'channel',
      'outcome',
    ]);
  }

  /** Does nothing for a message that is no longer on its way. */
  async record(unit: Unit, messageId: string, result: DeliveryResult): Promise<void> {
    const [message] = await unit.of(Message).find({ message_id: messageId, status: 'sending' }, { lock: true });
    if (!message) return;
    unit.afterCommit(() => this.outcomes.inc({ channel: message.channel, outcome: result.outcome }));
    switch (result.outcome) {
      case 'sent':
        return this.sent(unit, message, result.provider_id);
      case 'retry':
        return this.again(unit, message, result);
      case 'refused':
        return result.isBadAddress
          ? this.bounced(unit, message, result.reason)
          : this.failed(unit, message, 'error', result.reason);
      case 'uncertain':
        return this.change(
          unit,
          message,
          { status: 'uncertain', failure_reason: result.reason, settled_at: this.clock.iso() },
          'uncertain',
        );
    }
  }

  /** The message is out: the row says so, and the lead's history. */
  async sent(unit: Unit, message: Message, providerId: string | null): Promise<void> {
    await this.rests.end(unit, message);
    const sent_at = this.clock.iso();
    await this.change(
      unit,
      message,
      {
        status: 'sent',
        sent_at,
        settled_at: sent_at,
        provider_id: providerId,
        failure: null,
        failure_reason: null,
        failed_at: null,
      },
      'sent',
    );
    const { message_id, lead_id, conversation_id, campaign_id, channel, variant_id, origin, transport } = message;
    await this.interactions.add(unit, {
      interaction_id: `${message_id}-sent`,
      conversation_id,
      lead_id,
      campaign_id,
      timestamp: sent_at,
      channel,
      event_type: CHANNEL[channel].events.sent,
      agent_id: agentOf(origin),
      variant_id,
      outcome: 'none',
      metadata_json: { message_id, transport },
    });
  }

  private async again(
    unit: Unit,
    message: Message,
    { reason, afterSeconds = 0, refusesUs = false }: DeliveryResult & { outcome: 'retry' },
  ): Promise<void> {
    if (refusesUs) await this.rests.begin(unit, message, reason);
    const wait = Math.min(Math.max(afterSeconds, retrySeconds(message)), LONGEST_RETRY_SECONDS);
    const now = this.clock.iso();
    const earliest = new Date(Date.parse(now) + wait * 1000).toISOString();
    if (earliest >= message.expires_at) return this.failed(unit, message, 'error', reason);
    const counts = message.attempts > MAX_RETRIES;
    await this.change(unit, message, {
      status: 'planned',
      earliest,
      claimed_at: null,
      claimed_by: null,
      failure_reason: reason,
      ...(counts && { failure: 'error', failed_at: now, settled_at: now }),
    });
    await this.outbox.add(unit, [dispatchAt(message, earliest)]);
  }

  private failed(unit: Unit, message: Message, failure: Failure, reason: string): Promise<void> {
    const now = this.clock.iso();
    return this.change(
      unit,
      message,
      { status: 'failed', failure, failure_reason: reason, failed_at: now, settled_at: now },
      failure === 'bounce' ? 'bounced' : 'failed',
    );
  }

  /** The wire knows that the address does not exist: nobody needs to find that out again. */
  private async bounced(unit: Unit, message: Message, reason: string): Promise<void> {
    await this.failed(unit, message, 'bounce', reason);
    const { message_id, channel, lead_id, to_address_hash } = message;
    await suppress(unit, {
      channel,
      address_hash: to_address_hash!,
      reason: 'bounce',
      source: `${message.transport} ${message_id}`,
      lead_id,
      created_at: this.clock.iso(),
    });
  }

  /** @param what where it has come to an end, so that listeners are told */
  private async change(
    unit: Unit,
    message: Message,
    changes: Partial<Message> & Pick<Message, 'status'>,
    what?: MessageSettled['what'],
  ): Promise<void> {
    const now = this.clock.iso();
    const patch = { ...changes, updated_at: now };
    await unit.of(Message).update({ message_id: message.message_id }, patch);
    this.liveEvents.publish(unit, messageStatusEvents(message, patch.status));
    if (what === undefined) return;
    const reason = changes.failure_reason ?? null;
    await this.listeners.tell(MESSAGE_SETTLED, {
      unit,
      message: { ...message, ...patch },
      what,
      rule: null,
      reason,
      now,
    });
  }
}

/** 30 s, 2 min, 8 min, then an hour, each spread by ± 20 %, the same for the same message and try. */
function retrySeconds({ message_id, attempts }: Message): number {
  const wait = attempts > MAX_RETRIES ? SLOW_RETRY_SECONDS : FIRST_RETRY_SECONDS * 4 ** (attempts - 1);
  return wait * (0.8 + 0.4 * createRandom(`${message_id}/${attempts}`).next());
}
