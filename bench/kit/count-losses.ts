import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import type { LeadBody } from './lead-requests.js';

/** What one client does with one lead. Its keys stay the same however often a request is sent. */
export interface PostedLead {
  readonly body: LeadBody & { readonly email: string };
  readonly key: string;
  /** Triaged by a job of the queue instead of by a request of its own. */
  readonly isTriagedByJob: boolean;
  /** Known once the server has answered. */
  leadId?: string;
}

/** Everything that would be wrong; after a drill that went well each number is 0. */
export type Losses = Readonly<Record<string, number>>;

const open = (dataDir: string): BetterSqlite3.Database =>
  new BetterSqlite3(join(dataDir, 'herald.sqlite'), { readonly: true });

/**
 * Counts what was accepted and is gone, and what happened twice.
 * @param drainedAt when nothing was due any more; what the schedule planned for later may have come due since, on a
 * server that was stopped
 * @returns also the number of handoffs of the posted leads
 */
export function countLosses(
  dataDir: string,
  leads: readonly PostedLead[],
  drainedAt: string,
): { losses: Losses; handoffs: number } {
  const database = open(dataDir);
  const count = (sql: string): number => database.prepare(sql).pluck().get() as number;
  database.exec('CREATE TEMP TABLE posted (email TEXT PRIMARY KEY, lead_id TEXT)');
  const add = database.prepare('INSERT INTO posted VALUES (?, ?)');
  for (const { body, leadId } of leads) add.run(body.email, leadId ?? null);
  const mine = 'SELECT l.lead_id FROM leads l JOIN posted p ON p.email = l.email';
  const handoffs = `SELECT * FROM handoffs WHERE lead_id IN (${mine})`;
  const losses = {
    'accepted leads that are gone': count(
      `SELECT COUNT(*) FROM posted p WHERE lead_id IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM leads l WHERE l.lead_id = p.lead_id AND l.email = p.email)`,
    ),
    'leads that are there twice': count(
      'SELECT COUNT(*) FROM (SELECT 1 FROM leads l JOIN posted p ON p.email = l.email GROUP BY p.email HAVING COUNT(*) > 1)',
    ),
    'leads without exactly one triage decision': notOne(
      `SELECT subject_id AS id FROM decisions WHERE kind = 'lead.triage'`,
    ),
    'leads without exactly one triage action': notOne(
      `SELECT lead_id AS id FROM agent_actions WHERE action_type = 'triage'`,
    ),
    'leads with several handoffs': count(
      `SELECT COUNT(*) FROM (SELECT 1 FROM (${handoffs}) GROUP BY lead_id HAVING COUNT(*) > 1)`,
    ),
    'triages without a handoff or a person': count(
      `SELECT COUNT(*) FROM (${mine}) m WHERE NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.lead_id = m.lead_id)
         AND NOT EXISTS (SELECT 1 FROM escalations e WHERE e.lead_id = m.lead_id)`,
    ),
    'handoffs that did not arrive': count(
      `SELECT COUNT(*) FROM (${handoffs}) WHERE status NOT IN ('acknowledged', 'completed')`,
    ),
    'handoffs without exactly one receipt': notOneReceipt(
      `SELECT json_extract(handoff_context_json, '$.handoff_id') AS id FROM agent_actions WHERE action_type = 'handoff'`,
    ),
    'completed handoffs without exactly one decision of the receiver': notOneReceipt(
      `SELECT correlation_id AS id FROM decisions WHERE kind = 'lead.engage'`,
      `AND h.status = 'completed'`,
    ),
    'decisions with several messages': count(
      'SELECT COUNT(*) FROM (SELECT 1 FROM messages GROUP BY decision_id HAVING COUNT(*) > 1)',
    ),
    'dead letters': count(`SELECT COUNT(*) FROM outbox WHERE status = 'dead'`),
    'outbox rows that are due and not done': countDue(database, drainedAt),
    'damaged pages': (database.pragma('integrity_check', { simple: true }) as string) === 'ok' ? 0 : 1,
  };
  const result = { losses, handoffs: count(`SELECT COUNT(*) FROM (${handoffs})`) };
  database.close();
  return result;

  function notOne(effects: string): number {
    return count(
      `SELECT COUNT(*) FROM (${mine}) m WHERE (SELECT COUNT(*) FROM (${effects}) e WHERE e.id = m.lead_id) <> 1`,
    );
  }

  function notOneReceipt(effects: string, which = ''): number {
    return count(`WITH receipts AS (SELECT id, COUNT(*) AS n FROM (${effects}) GROUP BY id)
      SELECT COUNT(*) FROM (${handoffs}) h LEFT JOIN receipts r ON r.id = h.handoff_id WHERE COALESCE(r.n, 0) <> 1 ${which}`);
  }
}

/** Whether no work is due by a moment, or under way. Work that is planned for later does not count. */
export function isDrained(dataDir: string, at: string): boolean {
  const database = open(dataDir);
  try {
    return countDue(database, at) === 0;
  } finally {
    database.close();
  }
}

function countDue(database: BetterSqlite3.Database, at: string): number {
  return database
    .prepare(`SELECT COUNT(*) FROM outbox WHERE status IN ('open', 'enqueued') AND available_at <= ?`)
    .pluck()
    .get(at) as number;
}
