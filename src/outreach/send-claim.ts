import { Inject, Injectable } from '@nestjs/common';
import { Clock, newId } from '../config/index.js';
import { Interactions, Leads } from '../crm/index.js';
import type { Unit } from '../database/index.js';
import { LiveEvents } from '../live-events/index.js';
import { Listeners } from '../operations/index.js';
import { Outbox } from '../queue/index.js';
import { Metrics } from '../telemetry/index.js';
import type { ChannelAdapter, Delivery } from './channels/channel-adapter.js';
import { requireWire } from './setup/require-wire.js';
import { dispatchAt, dispatchHeld } from './dispatch-item.js';
import { MESSAGE_SETTLED } from './happenings.js';
import { type Held, type Verdict, judgeSend } from './gate.js';
import { Message } from './message.entity.js';
import { messageStatusEvents } from './message-live-event.js';
import { type Recipient, gatherFacts, recipientOf } from './recipient-facts.js';
import { Permissions } from './permissions.js';
import { SEND_POLICY, type SendPolicy } from './send-policy.js';
import { SendSlot } from './send-slot.entity.js';
import { SendSetup } from './setup/send-setup.js';
import { UnsubscribeLinks } from './unsubscribe-links.js';

/** Longer than an attempt can last: a slot claimed by another process before that belongs to nobody any more. */
export const CLAIM_LEASE_MS = 120_000;

/** Another process holds the send slot and may still be talking to the wire. */
export class StillUnderWayError extends Error {}

/** The gate at work: judges a message and takes its send slot, both in one unit. */
@Injectable()
export class SendClaims {
  /** Tells this process's claims from those of a process before it. */
  private readonly processId = newId('proc');
  private readonly holds;

  constructor(
    @Inject(SEND_POLICY) private readonly policy: SendPolicy,
    private readonly clock: Clock,
    private readonly leads: Leads,
    readonly interactions: Interactions,
    readonly permissions: Permissions,
    private readonly outbox: Outbox,
    private readonly links: UnsubscribeLinks,
    private readonly setup: SendSetup,
    private readonly liveEvents: LiveEvents,
    private readonly listeners: Listeners,
    metrics: Metrics,
  ) {
    this.holds = metrics.counter('herald_message_holds_total', 'Messages that the send gate held', ['channel', 'rule']);
  }

  /**
   * Claims the slot of a message, so that nobody else sends it, and answers what to deliver; null when there is
   * nothing to send: it is over, the gate holds it, or it is uncertain whether it went out before.
   * @throws StillUnderWayError when another process is sending it
   */
  async claim(unit: Unit, messageId: string, adapter: ChannelAdapter): Promise<Delivery | null> {
    const known = await unit.of(Message).get(messageId);
    if (!known) return null;
    const lead = await this.leads.get(unit, known.lead_id);
    const recipient = recipientOf(lead, known.channel);
    await this.lockRecipient(unit, known, recipient);
    const [message] = await unit.of(Message).find({ message_id: messageId }, { lock: true });
    if (!message || !['planned', 'held', 'sending'].includes(message.status)) return null;

    const isAbandoned = message.status === 'sending';
    if (isAbandoned && !this.mayRepeat(message, adapter)) {
      return this.leaveToPerson(unit, message, 'the process ended while the message was on its way');
    }
    const now = this.clock.now();
    const facts = await gatherFacts(unit, this, message, lead, recipient, this.policy, now);
    const verdict = requireWire(judgeSend(message, facts, this.policy, now), message.channel, adapter, this.setup);
    if ('held' in verdict) {
      if (isAbandoned)
        return this.leaveToPerson(unit, message, `a try of unknown end must not be repeated: ${verdict.reason}`);
      return this.hold(unit, message, recipient, verdict);
    }
    return this.take(unit, message, recipient, adapter, verdict);
  }

  private async lockRecipient(unit: Unit, { message_id, lead_id }: Message, { addressHash }: Recipient): Promise<void> {
    const keys = [...(addressHash ? [`address:${addressHash}`] : []), `lead:${lead_id}`];
    // one after the other in one order, so that two workers cannot wait for each other
    for (const slot_key of keys) await unit.of(SendSlot).upsert({ slot_key, message_id, judged_at: this.clock.iso() });
  }

  /** Whether a message found on its way may be sent again. */
  private mayRepeat({ claimed_by, claimed_at, transport }: Message, adapter: ChannelAdapter): boolean {
    const leaseEnds = Date.parse(claimed_at!) + CLAIM_LEASE_MS;
    if (claimed_by !== this.processId && this.clock.now().getTime() < leaseEnds) {
      throw new StillUnderWayError(
        `another process may be sending this message until ${new Date(leaseEnds).toISOString()}`,
      );
    }
    return transport === adapter.name && adapter.dropsRepeats;
  }

  private async leaveToPerson(unit: Unit, message: Message, reason: string): Promise<null> {
    const { message_id } = message;
    const now = this.clock.iso();
    this.liveEvents.publish(unit, messageStatusEvents(message, 'uncertain'));
    const patch = { status: 'uncertain', failure_reason: reason, settled_at: now, updated_at: now } as const;
    await unit.of(Message).update({ message_id }, patch);
    const uncertain = { ...message, ...patch };
    await this.listeners.tell(MESSAGE_SETTLED, {
      unit,
      message: uncertain,
      what: 'uncertain',
      rule: null,
      reason,
      now,
    });
    return null;
  }

  private async hold(
    unit: Unit,
    message: Message,
    { addressHash: to_address_hash }: Recipient,
    verdict: Held,
  ): Promise<null> {
    const { rule, earliest } = verdict;
    const status = rule === 'expired' || rule === 'no_recipient' ? 'cancelled' : 'held';
    this.liveEvents.publish(unit, messageStatusEvents(message, status, { rule }));
    const now = this.clock.iso();
    const patch = { status, verdict, hold_rule: rule, earliest, to_address_hash, updated_at: now } as const;
    await unit.of(Message).update({ message_id: message.message_id }, patch);
    unit.afterCommit(() => this.holds.inc({ channel: message.channel, rule }));
    // what time alone does not let go is cancelled when its time is over
    const next = earliest ? dispatchHeld(message, earliest) : dispatchAt(message, message.expires_at);
    if (status === 'held') await this.outbox.add(unit, [next]);
    if (!earliest) {
      const held = { ...message, ...patch };
      await this.listeners.tell(MESSAGE_SETTLED, {
        unit,
        message: held,
        what: status,
        rule,
        reason: verdict.reason,
        now,
      });
    }
    return null;
  }

  private async take(
    unit: Unit,
    message: Message,
    recipient: Recipient,
    { name }: ChannelAdapter,
    verdict: Verdict,
  ): Promise<Delivery> {
    const { message_id, lead_id, campaign_id, variant_id, channel, subject, body } = message;
    const address_hash = recipient.addressHash!;
    const now = this.clock.iso();
    await unit
      .of(Message)
      .update(
        { message_id },
        {
          status: 'sending',
          verdict,
          hold_rule: null,
          earliest: null,
          to_address_hash: address_hash,
          attempts: message.attempts + 1,
          claimed_at: now,
          claimed_by: this.processId,
          transport: name,
          updated_at: now,
        },
      );
    const unsubscribe_url = this.links.urlFor({ channel, address_hash, message_id });
    return {
      message_id,
      lead_id,
      campaign_id,
      variant_id,
      channel,
      to: recipient.address!,
      subject,
      body,
      unsubscribe_url,
    };
  }
}
