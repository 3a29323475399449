import { Injectable } from '@nestjs/common';
import {
  CONSENT_EVENTS,
  type ChannelHistory,
  GOOD_OUTCOMES,
  type InteractionHistory,
  SEND_EVENTS,
  sqlWords,
} from '../../vocabulary/index.js';
import { addUp, addUpChannels, type InteractionCount } from './add-up.js';
import { isMachineMade } from './machine-made.js';
import { Interaction } from './interaction.entity.js';
import { gt, marks, startsWith, type Reader, type Unit } from '../../database/index.js';

export const ANSWERED_WELL = `outcome IN ${sqlWords(GOOD_OUTCOMES)}`;
const isSend = `event_type IN ${sqlWords(SEND_EVENTS)}`;

/** How other modules write down what happened with leads, and read what it adds up to. */
@Injectable()
export class Interactions {
  /** @returns whether it was new */
  async add(unit: Unit, interaction: Interaction): Promise<boolean> {
    return (await unit.of(Interaction).insertNew(classed(interaction))) === 1;
  }

  /** Replaces what is kept with an interaction, when more is known of it. */
  async amend(unit: Unit, interactionId: string, metadata: Interaction['metadata_json']): Promise<void> {
    await unit.of(Interaction).update({ interaction_id: interactionId }, { metadata_json: metadata });
  }

  /** Those of a lead whose id begins with a text, the oldest first. */
  async namedAfter(reader: Reader, leadId: string, prefix: string): Promise<Interaction[]> {
    const where = { lead_id: leadId, interaction_id: startsWith(prefix) };
    return reader.of(Interaction).find(where, { order: { timestamp: 'asc' } });
  }

  get(reader: Reader, interactionId: string): Promise<Interaction | undefined> {
    return reader.of(Interaction).get(interactionId);
  }

  /** Per lead, what its interactions add up to but those of machines; leads without any are absent. One statement. */
  async histories(reader: Reader, leadIds: readonly string[]): Promise<Map<string, InteractionHistory>> {
    return mapped(await this.counts(reader, leadIds), addUp);
  }

  /** Per lead, what happened on each channel, by its name. One statement. */
  async channelHistories(reader: Reader, leadIds: readonly string[]): Promise<Map<string, ChannelHistory[]>> {
    return mapped(await this.counts(reader, leadIds), addUpChannels);
  }

  /** Per lead, when and on which channel it answered well. One statement. */
  async goodAnswers(
    reader: Reader,
    leadIds: readonly string[],
  ): Promise<Map<string, { channel: string; at: string }[]>> {
    if (leadIds.length === 0) return new Map();
    const rows = await reader.query(
      `SELECT lead_id, channel, timestamp FROM interactions WHERE lead_id IN (${marks(leadIds)}) AND ${ANSWERED_WELL}`,
      leadIds,
    );
    return grouped(rows, (row) => ({ channel: String(row.channel), at: String(row.timestamp) }));
  }

  /** What happened with a lead after an instant, or ever; the latest first. */
  after(reader: Reader, leadId: string, after: string | null, limit: number): Promise<Interaction[]> {
    return reader
      .of(Interaction)
      .find(
        { lead_id: leadId, ...(after !== null && { timestamp: gt(after) }) },
        { order: { timestamp: 'desc' }, limit },
      );
  }

  /** Per lead, the latest things that happened with it, the latest first. One statement. */
  async latest(
    reader: Reader,
    leadIds: readonly string[],
    limit: number,
  ): Promise<Map<string, Pick<Interaction, 'timestamp' | 'channel' | 'event_type' | 'outcome'>[]>> {
    if (leadIds.length === 0) return new Map();
    const rows = await reader.query(
      `SELECT lead_id, "timestamp", channel, event_type, outcome FROM (
         SELECT lead_id, "timestamp", channel, event_type, outcome,
           ROW_NUMBER() OVER (PARTITION BY lead_id ORDER BY "timestamp" DESC, interaction_id DESC) AS place
         FROM interactions WHERE lead_id IN (${marks(leadIds)})) AS ranked
       WHERE place <= ${Math.trunc(limit)} ORDER BY lead_id, place`,
      leadIds,
    );
    return grouped(rows, ({ timestamp, channel, event_type, outcome }) => ({
      timestamp: String(timestamp),
      channel: String(channel),
      event_type: String(event_type),
      outcome: String(outcome),
    }));
  }

  /** What was sent to a lead since an instant; the oldest first. */
  async sendsTo(
    reader: Reader,
    leadId: string,
    since: string,
  ): Promise<Pick<Interaction, 'interaction_id' | 'timestamp'>[]> {
    const rows = await reader.query(
      `SELECT interaction_id, "timestamp" FROM interactions WHERE lead_id = ? AND "timestamp" > ? AND ${isSend}
       ORDER BY "timestamp"`,
      [leadId, since],
    );
    return rows as unknown as Interaction[];
  }

  /** Per lead, what its history holds for and against being written to; the oldest first. One statement. */
  async wordsOf(
    reader: Reader,
    leadIds: readonly string[],
  ): Promise<Map<string, Pick<Interaction, 'channel' | 'event_type' | 'timestamp'>[]>> {
    if (leadIds.length === 0) return new Map();
    const rows = await reader.query(
      `SELECT lead_id, channel, event_type, "timestamp" FROM interactions WHERE lead_id IN (${marks(leadIds)})
         AND (outcome = 'unsubscribe' OR event_type IN ${sqlWords(CONSENT_EVENTS)}) ORDER BY "timestamp", interaction_id`,
      leadIds,
    );
    return grouped(rows, (row) => row as unknown as Interaction);
  }

  /** The index on the lead has all that is asked. */
  private async counts(reader: Reader, leadIds: readonly string[]): Promise<Map<string, InteractionCount[]>> {
    if (leadIds.length === 0) return new Map();
    const rows = await reader.query(
      `SELECT lead_id, channel, event_type, outcome, COUNT(*) AS n, MAX("timestamp") AS last_at
       FROM interactions WHERE lead_id IN (${marks(leadIds)}) AND NOT is_machine
       GROUP BY lead_id, channel, event_type, outcome`,
      leadIds,
    );
    return grouped(rows, (row) => ({ ...row, n: Number(row.n) }) as unknown as InteractionCount);
  }
}

/** The interaction, with what its metadata say of who did it. */
function classed(interaction: Interaction): Interaction {
  return { ...interaction, is_machine: isMachineMade(interaction.metadata_json) };
}

function mapped<A, B>(groups: ReadonlyMap<string, A>, map: (group: A) => B): Map<string, B> {
  return new Map([...groups].map(([key, group]) => [key, map(group)]));
}

function grouped<T>(rows: readonly Record<string, unknown>[], map: (row: Record<string, unknown>) => T) {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(String(row.lead_id));
    if (group) group.push(map(row));
    else groups.set(String(row.lead_id), [map(row)]);
  }
  return groups;
}
