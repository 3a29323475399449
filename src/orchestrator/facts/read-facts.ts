import type { Reader, SqlRow } from '../../database/index.js';
import type { InteractionHistory, LeadFacts } from '../../agents/core/index.js';
import {
  ANSWER_EVENTS,
  CLICK_EVENTS,
  GOOD_OUTCOMES,
  NOT_BY_THE_LEAD,
  OPEN_EVENTS,
  PROVIDER_EVENTS,
  SEND_EVENTS,
  sqlWords,
} from '../../vocabulary/index.js';

const SENDS = sqlWords(SEND_EVENTS);
const REPLIES = sqlWords(ANSWER_EVENTS);
const GOOD = sqlWords(GOOD_OUTCOMES);
const count = (condition: string, name: string) => `SUM(CASE WHEN ${condition} THEN 1 ELSE 0 END) AS ${name}`;

export const NO_HISTORY: InteractionHistory = {
  total: 0,
  sends: 0,
  opens: 0,
  clicks: 0,
  site_visits: 0,
  replies: 0,
  positive_replies: 0,
  negative_replies: 0,
  positive: 0,
  negative: 0,
  unsubscribes: 0,
  callbacks: 0,
  last_at: null,
  last_engaged_at: null,
};

export function placeholders(ids: readonly unknown[]): string {
  return ids.map(() => '?').join(',');
}

/** Booleans are 0 and 1 on SQLite. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 1;
}

/** JSON columns come as text from SQLite and parsed from PostgreSQL. */
export function parsed<T>(value: unknown): T {
  return (typeof value === 'string' ? JSON.parse(value) : value) as T;
}

export async function readLeadRows(reader: Reader, ids: readonly string[]): Promise<SqlRow[]> {
  return ids.length === 0 ? [] : reader.query(`SELECT * FROM leads WHERE lead_id IN (${placeholders(ids)})`, ids);
}

export function leadFacts(row: SqlRow): LeadFacts {
  return {
    lead_id: String(row.lead_id),
    created_at: String(row.created_at),
    source: row.source as string | null,
    campaign_id: row.campaign_id as string | null,
    lead_status: String(row.lead_status),
    company_size: row.company_size as string | null,
    industry: row.industry as string | null,
    persona: row.persona as string | null,
    region: row.region as string | null,
    preferred_channel: row.preferred_channel as string | null,
    gdpr_consent: isTrue(row.gdpr_consent),
    last_active_at: row.last_active_at as string | null,
  };
}

/** Per lead, what its interactions add up to; leads without any are absent. */
export async function readHistories(reader: Reader, ids: readonly string[]): Promise<Map<string, InteractionHistory>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.query(
    `SELECT lead_id, ${count(`event_type NOT IN ${sqlWords(PROVIDER_EVENTS)}`, 'total')},
       ${count(`event_type IN ${SENDS}`, 'sends')}, ${count(`event_type IN ${sqlWords(OPEN_EVENTS)}`, 'opens')}, ${count(`event_type IN ${sqlWords(CLICK_EVENTS)}`, 'clicks')},
       ${count(`event_type = 'site_visit'`, 'site_visits')}, ${count(`event_type IN ${REPLIES}`, 'replies')},
       ${count(`event_type IN ${REPLIES} AND outcome IN ${GOOD}`, 'positive_replies')},
       ${count(`event_type IN ${REPLIES} AND outcome = 'negative'`, 'negative_replies')},
       ${count(`outcome = 'positive'`, 'positive')}, ${count(`outcome = 'negative'`, 'negative')},
       ${count(`outcome = 'unsubscribe'`, 'unsubscribes')}, ${count(`outcome = 'callback_requested'`, 'callbacks')},
       MAX(timestamp) AS last_at, MAX(CASE WHEN event_type NOT IN ${sqlWords(NOT_BY_THE_LEAD)} THEN timestamp END) AS last_engaged_at
     FROM interactions WHERE lead_id IN (${placeholders(ids)}) GROUP BY lead_id`,
    ids,
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
