import { Lead } from '../../crm/index.js';
import type { Reader } from '../../database/index.js';
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

/** JSON columns come as text from SQLite and parsed from PostgreSQL. */
export function parsed<T>(value: unknown): T {
  return (typeof value === 'string' ? JSON.parse(value) : value) as T;
}

/** The rows of leads: those that are held already, and the others read. */
export async function readLeads(reader: Reader, ids: readonly string[], held: readonly Lead[] = []): Promise<Lead[]> {
  const wanted = new Set(ids);
  const leads = held.filter(({ lead_id }) => wanted.delete(lead_id));
  return wanted.size === 0 ? leads : [...leads, ...(await reader.of(Lead).find({ lead_id: [...wanted] }))];
}

/** A lead's row without what identifies the person. */
export function leadFacts(lead: Lead): LeadFacts {
  return {
    lead_id: lead.lead_id,
    created_at: lead.created_at,
    source: lead.source,
    campaign_id: lead.campaign_id,
    lead_status: lead.lead_status,
    company_size: lead.company_size,
    industry: lead.industry,
    persona: lead.persona,
    region: lead.region,
    preferred_channel: lead.preferred_channel,
    gdpr_consent: lead.gdpr_consent,
    last_active_at: lead.last_active_at,
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
