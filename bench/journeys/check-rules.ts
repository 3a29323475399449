import { DateTime } from 'luxon';
import type { Database } from '../../src/database/index.js';
import type { SimulationRecord } from './record.js';

export interface Violation {
  readonly rule: string;
  readonly message_id: string;
  readonly lead_id: string;
  readonly at: string;
  /** What it broke the rule on. */
  readonly detail?: string | undefined;
}

/** Where the lead's way is over, until something opens it again. */
const AT_REST = ['no_consent', 'unreachable', 'dormant', 'closed', 'converted'];
/** Whatever a case says of itself. */
const ALWAYS_BLOCKING = ['legal', 'complaint'];
const HOUR_MS = 3_600_000;
const CAPS = [
  { max: 1, hours: 24 },
  { max: 3, hours: 168 },
];
/** Where people of the simulated regions live. */
const ZONES: Readonly<Record<string, readonly string[]>> = {
  EU: ['Europe/Berlin'],
  India: ['Asia/Kolkata'],
  US: ['America/New_York', 'America/Los_Angeles'],
};

interface SentMessage {
  readonly message_id: string;
  readonly lead_id: string;
  readonly campaign_id: string | null;
  readonly channel: string;
  readonly claimed_at: string;
  readonly region: string;
}

interface BlockedSpan {
  readonly from: string;
  readonly to: string | null;
  readonly reason: string;
}

/** Every message that went out against the rules, by what the simulation did and what stands in the tables. */
export async function messagesAgainstRules(database: Database, record: SimulationRecord): Promise<Violation[]> {
  const sent = (await database.query(
    `SELECT m.message_id, m.lead_id, m.campaign_id, m.channel, m.claimed_at, l.region
     FROM messages m JOIN leads l ON l.lead_id = m.lead_id WHERE m.sent_at IS NOT NULL ORDER BY m.claimed_at`,
  )) as unknown as SentMessage[];
  const blocked = await blockedSpans(database);
  const times = new Map<string, number[]>();
  const found: Violation[] = [];
  for (const message of sent) {
    const { message_id, lead_id, campaign_id, channel, claimed_at: at, region } = message;
    const earlier = times.get(lead_id) ?? [];
    const now = Date.parse(at);
    const bouncedAt = record.hardBounces.get(lead_id);
    const endedAt = record.ends.get(lead_id);
    const broken = {
      consent: record.hasObjected(lead_id, at),
      suppression:
        record.isWithin(record.suppressed, lead_id, at) ||
        (channel === 'Email' && bouncedAt !== undefined && bouncedAt < at),
      ended: endedAt !== undefined && endedAt < at,
      campaign: campaign_id !== null && record.isWithin(record.stops, campaign_id, at),
      open_case: record.isWithin(blocked, lead_id, at),
      cap: CAPS.some(({ max, hours }) => earlier.filter((time) => time > now - hours * HOUR_MS).length >= max),
      quiet_hours: channel !== 'Ads' && (ZONES[region] ?? []).some((zone) => isQuiet(at, zone)),
    };
    const open = (blocked.get(lead_id) ?? []).filter(({ from, to }) => from < at && (to === null || at < to));
    const detail = [channel, ...open.map(({ reason }) => reason)].join(', ');
    for (const [rule, isBroken] of Object.entries(broken))
      if (isBroken) found.push({ rule, message_id, lead_id, at, detail });
    times.set(lead_id, [...earlier, now]);
  }
  return found;
}

/** Leads under way for which nothing is planned, promised or open. */
export async function strandedLeads(database: Database): Promise<string[]> {
  const rows = await database.query(
    `SELECT l.lead_id FROM leads l LEFT JOIN campaigns c ON c.campaign_id = l.campaign_id
     WHERE l.flow_state NOT IN (${AT_REST.map(() => '?').join(',')}) AND COALESCE(c.status, 'active') <> 'paused'
       AND NOT EXISTS (SELECT 1 FROM escalations e WHERE e.lead_id = l.lead_id AND e.status <> 'resolved')
       AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.lead_id = l.lead_id AND o.status IN ('open', 'enqueued'))
       AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.lead_id = l.lead_id
         AND (m.status IN ('planned', 'sending') OR (m.status = 'held' AND m.earliest IS NOT NULL)))`,
    AT_REST,
  );
  return rows.map(({ lead_id }) => lead_id as string);
}

async function blockedSpans(database: Database): Promise<Map<string, BlockedSpan[]>> {
  const spans = new Map<string, BlockedSpan[]>();
  const cases = await database.query(
    'SELECT lead_id, reason, blocks, times, created_at, resolved_at FROM escalations WHERE lead_id IS NOT NULL',
  );
  for (const { lead_id, reason, blocks, times, created_at, resolved_at } of cases) {
    // one that was told several times may have begun to block later than it began, which no row says
    if ((!blocks || Number(times) > 1) && !ALWAYS_BLOCKING.includes(reason as string)) continue;
    const span = { from: created_at as string, to: resolved_at as string | null, reason: reason as string };
    spans.set(lead_id as string, [...(spans.get(lead_id as string) ?? []), span]);
  }
  return spans;
}

/** From eight in the evening to eight in the morning. */
function isQuiet(at: string, zone: string): boolean {
  const { hour } = DateTime.fromISO(at, { zone });
  return hour < 8 || hour >= 20;
}
