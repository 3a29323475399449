import { Injectable } from '@nestjs/common';
import { agentIdPattern } from '../vocabulary/index.js';
import { Message } from './message.entity.js';
import { gte, type Reader, type Unit, marks } from '../database/index.js';

/** Who wished the messages with the fixed words of a sequence, for LIKE. */
export const OF_SEQUENCES = 'sequence:%';

/** A message that went out, and where to go on from it. */
export interface SentMessage {
  readonly message_id: string;
  readonly decision_id: string;
  readonly planned_for: string;
}

/** How other modules read messages. */
@Injectable()
export class Messages {
  get(reader: Reader, messageId: string): Promise<Message | undefined> {
    return reader.of(Message).get(messageId);
  }

  /** Those that exist, with one statement. */
  async find(reader: Reader, messageIds: readonly string[]): Promise<Message[]> {
    return messageIds.length === 0 ? [] : reader.of(Message).find({ message_id: messageIds });
  }

  /** The message as it stands, held until the unit ends. */
  async lock(unit: Unit, messageId: string): Promise<Message | undefined> {
    return (await unit.of(Message).find({ message_id: messageId }, { lock: true }))[0];
  }

  /** As `lock`, for many with one statement. */
  lockAll(unit: Unit, messageIds: readonly string[]): Promise<Message[]> {
    return unit.of(Message).find({ message_id: messageIds }, { order: { message_id: 'asc' }, lock: true });
  }

  /** Per lead, what went out to it, the oldest first. One statement. */
  async sentTo(
    reader: Reader,
    leadIds: readonly string[],
  ): Promise<Map<string, Pick<Message, 'variant_id' | 'channel' | 'sent_at'>[]>> {
    const sent = new Map<string, Message[]>();
    if (leadIds.length === 0) return sent;
    const rows = (await reader.query(
      `SELECT lead_id, variant_id, channel, sent_at FROM messages
       WHERE lead_id IN (${marks(leadIds)}) AND sent_at IS NOT NULL ORDER BY sent_at, message_id`,
      leadIds,
    )) as unknown as Message[];
    for (const row of rows) {
      const own = sent.get(row.lead_id);
      if (own) own.push(row);
      else sent.set(row.lead_id, [row]);
    }
    return sent;
  }

  /** Per lead, its latest messages, the latest first. One statement. */
  async latest(
    reader: Reader,
    leadIds: readonly string[],
    limit: number,
  ): Promise<
    Map<string, Pick<Message, 'message_id' | 'channel' | 'subject' | 'status' | 'planned_for' | 'sent_at'>[]>
  > {
    const latest = new Map<string, Message[]>();
    if (leadIds.length === 0) return latest;
    const rows = (await reader.query(
      `SELECT lead_id, message_id, channel, subject, status, planned_for, sent_at FROM (
         SELECT lead_id, message_id, channel, subject, status, planned_for, sent_at,
           ROW_NUMBER() OVER (PARTITION BY lead_id ORDER BY planned_for DESC, message_id DESC) AS place
         FROM messages WHERE lead_id IN (${marks(leadIds)})) AS ranked
       WHERE place <= ${Math.trunc(limit)} ORDER BY lead_id, place`,
      leadIds,
    )) as unknown as Message[];
    for (const { lead_id, ...row } of rows) {
      const own = latest.get(lead_id);
      if (own) own.push(row as Message);
      else latest.set(lead_id, [row as Message]);
    }
    return latest;
  }

  /** Per lead, the messages with fixed words that sequences sent it. One statement. */
  async sentBySequences(
    reader: Reader,
    leadIds: readonly string[],
  ): Promise<Map<string, Pick<Message, 'message_id' | 'created_at'>[]>> {
    const sent = new Map<string, Message[]>();
    if (leadIds.length === 0) return sent;
    const rows = (await reader.query(
      `SELECT lead_id, message_id, created_at FROM messages
       WHERE lead_id IN (${marks(leadIds)}) AND sent_at IS NOT NULL AND origin LIKE ?`,
      [...leadIds, OF_SEQUENCES],
    )) as unknown as Message[];
    for (const row of rows) sent.set(row.lead_id, [...(sent.get(row.lead_id) ?? []), row]);
    return sent;
  }

  /** The last message of a decision that went out to a lead in a span of time. */
  async lastDecided(
    reader: Reader,
    leadId: string,
    { from, to }: { from: string; to: string },
  ): Promise<Message | undefined> {
    const sent = await reader
      .of(Message)
      .find({ lead_id: leadId, status: 'sent', sent_at: gte(from) }, { order: { sent_at: 'desc' } });
    return sent.find(({ decision_id, sent_at }) => decision_id !== null && sent_at! <= to);
  }

  /**
   * Messages of the engagement agents that were planned in a span of time and had gone out by its end, by their time:
   * those after `last`, some at a time.
   */
  async sentBetween(
    reader: Reader,
    { from, to }: { from: string; to: string },
    last: Pick<SentMessage, 'planned_for' | 'message_id'> = { planned_for: '', message_id: '' },
    limit = 100,
  ): Promise<SentMessage[]> {
    const rows = await reader.query(
      `SELECT message_id, decision_id, planned_for FROM messages
       WHERE status = 'sent' AND planned_for >= ? AND planned_for <= ? AND sent_at <= ? AND decision_id IS NOT NULL AND origin LIKE ?
         AND (planned_for, message_id) > (?, ?)
       ORDER BY planned_for, message_id LIMIT ${Math.trunc(limit)}`,
      [from, to, to, agentIdPattern('Engagement'), last.planned_for, last.message_id],
    );
    return rows as unknown as SentMessage[];
  }

  /** How many went out from an instant on. */
  countSent(reader: Reader, since: string): Promise<number> {
    return reader.of(Message).count({ sent_at: gte(since) });
  }
}
