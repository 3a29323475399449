import { Injectable } from '@nestjs/common';
import {
  ANSWER_EVENTS,
  CLICK_EVENTS,
  type ChannelHistory,
  GOOD_OUTCOMES,
  type InteractionHistory,
  NOT_BY_THE_LEAD,
  OPEN_EVENTS,
  OPT_IN,
  PROVIDER_EVENTS,
  SEND_EVENTS,
  sqlWords,
} from '../../vocabulary/index.js';
import { Interaction } from './interaction.entity.js';
import { gt, marks, type Reader, type Unit } from '../../database/index.js';

export const ANSWERED_WELL = `outcome IN ${sqlWords(GOOD_OUTCOMES)}`;
const count = (condition: string, name: string) => `SUM(CASE WHEN ${condition} THEN 1 ELSE 0 END) AS ${name}`;
const isSend = `event_type IN ${sqlWords(SEND_EVENTS)}`;
const isAnswer = `event_type IN ${sqlWords(ANSWER_EVENTS)}`;

/** How other modules write down what happened with leads, and read what it adds up to. */
@Injectable()
export class Interactions {
  /** @returns whether it was new */
  async add(unit: Unit, interaction: Interaction): Promise<boolean> {
    return (await unit.of(Interaction).insertNew(interaction)) === 1;
  }

  /** Per lead, what its interactions add up to; leads without any are absent. One statement. */
  async histories(reader: Reader, leadIds: readonly string[]): Promise<Map<string, InteractionHistory>> {
    if (leadIds.length === 0) return new Map();
    const rows = await reader.query(
      `SELECT lead_id, ${count(`event_type NOT IN ${sqlWords(PROVIDER_EVENTS)}`, 'total')}, ${count(isSend, 'sends')},
         ${count(`event_type IN ${sqlWords(OPEN_EVENTS)}`, 'opens')}, ${count(`event_type IN ${sqlWords(CLICK_EVENTS)}`, 'clicks')},
         ${count(`event_type = 'site_visit'`, 'site_visits')}, ${count(isAnswer, 'replies')},
         ${count(`${isAnswer} AND ${ANSWERED_WELL}`, 'positive_replies')},
         ${count(`${isAnswer} AND outcome = 'negative'`, 'negative_replies')},
         ${count(`outcome = 'positive'`, 'positive')}, ${count(`outcome = 'negative'`, 'negative')},
         ${count(`outcome = 'unsubscribe'`, 'unsubscribes')}, ${count(`outcome = 'callback_requested'`, 'callbacks')},
         MAX(timestamp) AS last_at,
         MAX(CASE WHEN event_type NOT IN ${sqlWords(NOT_BY_THE_LEAD)} THEN timestamp END) AS last_engaged_at
       FROM interactions WHERE lead_id IN (${marks(leadIds)}) GROUP BY lead_id`,
      leadIds,
    );
    return new Map(
      rows.map(({ lead_id, last_at, last_engaged_at, ...counts }) => [
        String(lead_id),
        {
          ...(Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, Number(value)])) as Omit<
            InteractionHistory,
            'last_at' | 'last_engaged_at'
          >),
          last_at: last_at as string | null,
          last_engaged_at: last_engaged_at as string | null,
        },
      ]),
    );
  }

  /** Per lead, what happened on each channel, by its name. One statement. */
  async channelHistories(reader: Reader, leadIds: readonly string[]): Promise<Map<string, ChannelHistory[]>> {
    if (leadIds.length === 0) return new Map();
    const rows = await reader.query(
      `SELECT lead_id, channel, ${count(isSend, 'sends')}, ${count(ANSWERED_WELL, 'positive')},
         ${count(`outcome = 'negative'`, 'negative')}, ${count(`outcome = 'unsubscribe'`, 'unsubscribes')}
       FROM interactions WHERE lead_id IN (${marks(leadIds)}) GROUP BY lead_id, channel ORDER BY channel`,
      leadIds,
    );
    return grouped(rows, (row) => ({
      channel: String(row.channel),
      sends: Number(row.sends),
      positive: Number(row.positive),
      negative: Number(row.negative),
      unsubscribes: Number(row.unsubscribes),
    }));
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

  /** When the latest interaction of any lead was. */
  async latestAt(reader: Reader): Promise<string | null> {
    const [latest] = await reader.query('SELECT MAX(timestamp) AS at FROM interactions');
    return (latest?.at as string | null | undefined) ?? null;
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

  /** What was sent to a lead since an instant, and its words for and against a channel ever; the oldest first. */
  async sendsAndWords(
    reader: Reader,
    leadId: string,
    channel: string,
    since: string,
  ): Promise<Pick<Interaction, 'interaction_id' | 'channel' | 'event_type' | 'outcome' | 'timestamp'>[]> {
    const rows = await reader.query(
      `SELECT interaction_id, channel, event_type, outcome, "timestamp" FROM interactions WHERE lead_id = ?
         AND ((channel = ? AND (outcome = 'unsubscribe' OR event_type = '${OPT_IN}')) OR ("timestamp" > ? AND ${isSend}))
       ORDER BY "timestamp"`,
      [leadId, channel, since],
    );
    return rows as unknown as Interaction[];
  }
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
