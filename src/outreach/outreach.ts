import { Inject, Injectable } from '@nestjs/common';
import { Clock, newId } from '../config/index.js';
import { Database, type Unit, type Where, gte, like } from '../database/index.js';
import { LiveEvents } from '../live-events/index.js';
import { Outbox } from '../queue/index.js';
import { dispatchAt } from './dispatch-item.js';
import type { HoldRule } from './hold-rules.js';
import { messageStatusEvents } from './message-live-event.js';
import { OF_SEQUENCES } from './messages.js';
import { Message, type MessageStatus, type SequenceStep } from './message.entity.js';
import { SEND_POLICY, type SendPolicy } from './send-policy.js';
import { agentIdPattern, type Channel } from '../vocabulary/index.js';

/** A wish to say something. Whether and when it is sent is up to the gate. */
export interface MessageWish {
  lead_id: string;
  channel: Channel;
  subject?: string | null;
  body: string;
  /** An agent's id, or `person:…`, `api:…`, `system:…`. */
  origin: string;
  /** Now when left out. */
  planned_for?: string;
  /** The policy's lifetime after `planned_for` when left out. */
  expires_at?: string;
  campaign_id?: string | null;
  conversation_id?: string | null;
  variant_id?: string | null;
  decision_id?: string | null;
  /** USD; 0 when left out. */
  expected_value?: number;
  sequence?: SequenceStep | null;
  /** A second wish under the same key is the first one again. */
  idempotency_key?: string;
}

export interface MessageStats {
  total: number;
  by_status: Partial<Record<MessageStatus, number>>;
  by_channel: Partial<Record<Channel, number>>;
  by_hold_rule: Record<string, number>;
}

const HOUR_MS = 3_600_000;
const RESUMED_PER_SECOND = 10;
/** Not yet on the wire. */
const WAITING: MessageStatus[] = ['planned', 'held'];

/** How other modules have messages sent. */
@Injectable()
export class Outreach {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly liveEvents: LiveEvents,
    private readonly clock: Clock,
    @Inject(SEND_POLICY) private readonly policy: SendPolicy,
  ) {}

  /**
   * Writes the messages and the promise to dispatch each at its time, in the caller's unit; two inserts, however many
   * there are.
   * @returns one row per wish, in order; for a repeated idempotency key the row that stands already
   */
  async plan(unit: Unit, wishes: readonly MessageWish[]): Promise<Message[]> {
    const standing = await this.findStanding(unit, wishes);
    const now = this.clock.iso();
    const fresh: Message[] = [];
    const rows = wishes.map((wish) => {
      const existing = wish.idempotency_key === undefined ? undefined : standing.get(wish.idempotency_key);
      if (existing) return existing;
      const row = this.rowOf(wish, now);
      fresh.push(row);
      standing.set(row.idempotency_key, row);
      return row;
    });
    if (fresh.length > 0) {
      await unit.of(Message).insert(fresh);
      this.liveEvents.publish(
        unit,
        fresh.flatMap((row) => messageStatusEvents(row, row.status)),
      );
      await this.outbox.add(
        unit,
        fresh.map((row) => dispatchAt(row, row.planned_for)),
      );
    }
    return rows;
  }

  /** Takes back one message, if it has not gone out yet. */
  async cancelOne(unit: Unit, messageId: string, reason: string): Promise<void> {
    await this.cancelWaiting(unit, { message_id: messageId, status: WAITING }, reason);
  }

  /** Takes back what has not gone out yet, as when a lead converts or complains. @returns how many were cancelled */
  cancelForLead(unit: Unit, leadId: string, reason: string): Promise<number> {
    return this.cancelWaiting(unit, { lead_id: leadId, status: WAITING }, reason);
  }

  /** Takes back what sequences planned for a lead from an instant on and has not gone out yet. */
  async cancelOfSequences(unit: Unit, leadId: string, since: string, reason: string): Promise<void> {
    const where = { lead_id: leadId, origin: like(OF_SEQUENCES), created_at: gte(since) };
    const planned = await unit.of(Message).find(where, { lock: true });
    await this.cancel(
      unit,
      planned.filter(({ status }) => WAITING.includes(status)),
      reason,
    );
  }

  /**
   * Cancels what agents planned for leads and has not gone out yet, because there are newer plans. What people planned
   * stays.
   * @param reasons by lead
   */
  async supersede(unit: Unit, reasons: ReadonlyMap<string, string>): Promise<void> {
    const where = { lead_id: [...reasons.keys()], origin: like(agentIdPattern('Engagement')) };
    // found by the lead: most messages of all leads may be waiting, and a lead has few
    const open = (await unit.of(Message).find(where)).filter(({ status }) => WAITING.includes(status));
    if (open.length === 0) return;
    const held = { message_id: open.map(({ message_id }) => message_id), status: WAITING };
    const waiting = await unit.of(Message).find(held, { order: { message_id: 'asc' }, lock: true });
    for (const [leadId, reason] of reasons)
      await this.cancel(
        unit,
        waiting.filter(({ lead_id }) => lead_id === leadId),
        reason,
      );
  }

  /**
   * Has the messages that are held judged again at once: what the gate knows of these leads is something else than
   * before. Those whose time is over are cancelled.
   */
  async judgeAgain(unit: Unit, leadIds: readonly string[], now: string): Promise<void> {
    if (leadIds.length === 0) return;
    const held = (await unit.of(Message).find({ lead_id: leadIds })).filter(({ status }) => status === 'held');
    const over = held.filter(({ expires_at }) => expires_at <= now);
    await this.cancel(unit, over, 'its time was over');
    await this.judgeAt(
      unit,
      held.filter(({ expires_at }) => expires_at > now),
      now,
    );
  }

  /** The same for messages that waited for a wire, some at a time. @returns how many */
  async judgeUnconnected(unit: Unit, channels: readonly Channel[], limit: number, now: string): Promise<number> {
    if (channels.length === 0) return 0;
    const rules: HoldRule[] = ['not_connected', 'setup'];
    const where: Where<Message> = { status: 'held', hold_rule: rules, earliest: null, channel: channels };
    const held = await unit.of(Message).find(where, { order: { message_id: 'asc' }, limit, lock: true });
    await this.judgeAt(unit, held, now);
    return held.length;
  }

  /** The same for messages that a paused campaign held: the worthiest first, and no flood of them. */
  async judgeCampaign(unit: Unit, campaignId: string, now: string): Promise<void> {
    const where = { campaign_id: campaignId, status: 'held', hold_rule: 'campaign', earliest: null } as const;
    const order = { expected_value: 'desc', message_id: 'asc' } as const;
    await this.judgeAt(unit, await unit.of(Message).find(where, { order, lock: true }), now, RESUMED_PER_SECOND);
  }

  private async judgeAt(
    unit: Unit,
    held: readonly Message[],
    now: string,
    perSecond: number = Infinity,
  ): Promise<void> {
    if (held.length === 0) return;
    const ids = held.map(({ message_id }) => message_id);
    await unit.of(Message).update({ message_id: ids, status: 'held' }, { earliest: now, updated_at: now });
    const dueAt = (place: number): string =>
      new Date(Date.parse(now) + Math.floor(place / perSecond) * 1000).toISOString();
    await this.outbox.add(
      unit,
      held.map((message, place) => dispatchAt(message, now, dueAt(place))),
    );
  }

  /** Counts of messages, of all time or of those created from an instant on. */
  async stats(since = ''): Promise<MessageStats> {
    const rows = await this.database.queryAside(
      'SELECT status, channel, hold_rule, COUNT(*) AS n FROM messages WHERE created_at >= ? GROUP BY status, channel, hold_rule',
      [since],
    );
    const tally = (field: string): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const row of rows)
        if (row[field] !== null) counts[row[field] as string] = (counts[row[field] as string] ?? 0) + Number(row.n);
      return counts;
    };
    const total = rows.reduce((sum, row) => sum + Number(row.n), 0);
    return { total, by_status: tally('status'), by_channel: tally('channel'), by_hold_rule: tally('hold_rule') };
  }

  private async cancelWaiting(unit: Unit, where: Where<Message>, reason: string): Promise<number> {
    return this.cancel(unit, await unit.of(Message).find(where, { lock: true }), reason);
  }

  private async cancel(unit: Unit, waiting: readonly Message[], reason: string): Promise<number> {
    if (waiting.length === 0) return 0;
    this.liveEvents.publish(
      unit,
      waiting.flatMap((message) => messageStatusEvents(message, 'cancelled')),
    );
    return unit
      .of(Message)
      .update(
        { message_id: waiting.map(({ message_id }) => message_id) },
        { status: 'cancelled', failure_reason: reason, earliest: null, updated_at: this.clock.iso() },
      );
  }

  private async findStanding(unit: Unit, wishes: readonly MessageWish[]): Promise<Map<string, Message>> {
    const keys = wishes.flatMap(({ idempotency_key }) => idempotency_key ?? []);
    const rows = keys.length === 0 ? [] : await unit.of(Message).find({ idempotency_key: keys });
    return new Map(rows.map((row) => [row.idempotency_key, row]));
  }

  private rowOf(wish: MessageWish, now: string): Message {
    const message_id = newId('msg');
    const planned_for = wish.planned_for ?? now;
    const expires_at =
      wish.expires_at ?? new Date(Date.parse(planned_for) + this.policy.lifetimeHours * HOUR_MS).toISOString();
    return {
      message_id,
      lead_id: wish.lead_id,
      campaign_id: wish.campaign_id ?? null,
      conversation_id: wish.conversation_id ?? null,
      variant_id: wish.variant_id ?? null,
      channel: wish.channel,
      subject: wish.subject ?? null,
      body: wish.body,
      to_address_hash: null,
      planned_for,
      expires_at,
      status: 'planned',
      verdict: null,
      hold_rule: null,
      earliest: null,
      attempts: 0,
      claimed_at: null,
      claimed_by: null,
      sent_at: null,
      settled_at: null,
      failure: null,
      failure_reason: null,
      failed_at: null,
      transport: null,
      provider_id: null,
      idempotency_key: wish.idempotency_key ?? message_id,
      decision_id: wish.decision_id ?? null,
      expected_value: wish.expected_value ?? 0,
      sequence: wish.sequence ?? null,
      origin: wish.origin,
      created_at: now,
      updated_at: now,
    };
  }
}
