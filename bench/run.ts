import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { BareInserts, TRIAGE_TABLES, openEmptyCopy } from './kit/bare-inserts.js';
import { databaseFile, herald } from './kit/bench-data.js';
import { type Bench, type BenchContext, figure, repeat } from './kit/bench.js';

const BARE_LEADS = 5_000;

interface RunAnswer {
  leads_triaged: number;
  leads_per_second: number;
  handoffs_by_status: Record<string, number>;
  seconds: { triage: number; handoffs: number; optimize: number; total: number };
}

/** `herald run` over 5,000 leads in state New, as a process of its own. */
export const runBench: Bench = async ({ data, runs, say }) => {
  let leads = 0;
  const measured = await repeat(runs, async (run) => {
    const { answer, seconds, bare } = await runOnce({ data }, checkTriaged);
    leads = answer.leads_triaged;
    const handoffs = Object.values(answer.handoffs_by_status).reduce((sum, count) => sum + count, 0);
    say(`run ${run + 1}: ${answer.leads_per_second} leads/s`);
    return { triage: answer.leads_per_second, handoffs: handoffs / answer.seconds.handoffs, whole: seconds, bare };
  });
  return {
    bench: 'run',
    what: `herald run over ${leads.toLocaleString('en-US')} leads in state New`,
    figures: [
      figure('triage', 'leads/s', measured.triage, { ratio: { to: measured.bare, atLeast: 0.8 } }),
      figure('handoffs carried out after it', 'handoffs/s', measured.handoffs),
      figure('whole process', 's', measured.whole),
    ],
    limits: [figure('five prepared inserts a transaction', 'leads/s', measured.bare)],
    notes: ['each lead was found with its decision, action, memory and outbox (or escalation) rows'],
  };
};

/** The same run, counted to its end: each lead from New to the last planned message, with all its handoffs done. */
export const funnelBench: Bench = async ({ data, runs, say }) => {
  let leads = 0;
  const measured = await repeat(runs, async (run) => {
    const { answer, bare } = await runOnce({ data }, checkDone);
    leads = answer.leads_triaged;
    const funnel = answer.leads_triaged / (answer.seconds.triage + answer.seconds.handoffs);
    say(`funnel ${run + 1}: ${Math.round(funnel)} leads/s`);
    return { funnel, triage: answer.seconds.triage, handoffs: answer.seconds.handoffs, bare };
  });
  return {
    bench: 'funnel',
    what: `${leads.toLocaleString('en-US')} leads from New to the last planned message, all handoffs done`,
    figures: [
      figure('leads through the funnel', 'leads/s', measured.funnel, { ratio: { to: measured.bare, atLeast: 0.35 } }),
      figure('of it triage', 's', measured.triage),
      figure('and handoffs', 's', measured.handoffs),
    ],
    limits: [figure('five prepared inserts a lead, a transaction each', 'leads/s', measured.bare)],
    notes: ['no lead was left in state New, no handoff and no job open, and no job failed'],
  };
};

async function runOnce({ data }: Pick<BenchContext, 'data'>, check: (file: string, answer: RunAnswer) => void) {
  const like = await data.workedOn();
  const folder = await data.importedFolder();
  const { answer, seconds } = await herald<RunAnswer>(['run'], folder);
  check(databaseFile(folder), answer);
  const bare = insertBare(like, join(folder, 'bare.sqlite'));
  data.remove(folder);
  return { answer, seconds, bare };
}

/** @throws Error when something of the funnel is still to do: a run that leaves work behind has not ended */
function checkDone(file: string, answer: RunAnswer): void {
  checkTriaged(file, answer);
  const database = new BetterSqlite3(file, { readonly: true });
  const count = (sql: string): number => database.prepare(sql).pluck().get() as number;
  const left = {
    'handoffs not carried out': count(
      `SELECT COUNT(*) FROM handoffs h JOIN outbox o ON o.idempotency_key = 'handoff.deliver:' || h.handoff_id WHERE o.status <> 'done'`,
    ),
    'dead jobs': count(`SELECT COUNT(*) FROM outbox WHERE status = 'dead'`),
    'runs without a message': count('SELECT COUNT(*) = 0 FROM messages'),
  };
  database.close();
  const found = Object.entries(left).filter(([, n]) => n !== 0);
  if (found.length > 0)
    throw new Error(`the funnel left something behind: ${JSON.stringify(Object.fromEntries(found))}`);
}

/** @throws Error when a lead was not recorded in full: a fast run that forgets something is no run */
function checkTriaged(file: string, { leads_triaged }: RunAnswer): void {
  const database = new BetterSqlite3(file, { readonly: true });
  const count = (sql: string): number => database.prepare(sql).pluck().get() as number;
  const decided = `SELECT d.decision_id, d.subject_id FROM decisions d WHERE d.kind = 'lead.triage'`;
  const incomplete = {
    'leads still new': count(`SELECT COUNT(*) FROM leads WHERE lead_status = 'New' AND flow_state = 'new'`),
    'leads without a decision': leads_triaged - count(`SELECT COUNT(DISTINCT subject_id) FROM (${decided})`),
    'leads with two decisions': count(`SELECT COUNT(*) FROM (${decided})`) - leads_triaged,
    'decisions without an action': count(
      `SELECT COUNT(*) FROM (${decided}) t WHERE NOT EXISTS (SELECT 1 FROM agent_actions a WHERE a.lead_id = t.subject_id AND a.action_type = 'triage'
         AND json_extract(a.handoff_context_json, '$.decision_id') = t.decision_id)`,
    ),
    'leads without memory': count(
      `SELECT COUNT(*) FROM (${decided}) t WHERE NOT EXISTS (SELECT 1 FROM memory_short_term m WHERE m.lead_id = t.subject_id
         AND json_extract(m.slots_json, '$.triage.decision_id') = t.decision_id)`,
    ),
    'decisions that lead to no handoff in the outbox and to no person': count(
      `SELECT COUNT(*) FROM (${decided}) t WHERE NOT EXISTS (SELECT 1 FROM handoffs h LEFT JOIN outbox o ON o.idempotency_key = 'handoff.deliver:' || h.handoff_id
         WHERE h.decision_id = t.decision_id AND (o.outbox_id IS NOT NULL OR h.status <> 'requested')) AND NOT EXISTS (SELECT 1 FROM escalations e WHERE e.lead_id = t.subject_id)`,
    ),
  };
  database.close();
  const found = Object.entries(incomplete).filter(([, n]) => n !== 0);
  if (leads_triaged === 0 || found.length > 0)
    throw new Error(`herald run left something out: ${JSON.stringify(Object.fromEntries(found))}`);
}

/** @returns leads a second */
function insertBare(like: string, file: string): number {
  const database = openEmptyCopy(like, file);
  const inserts = new BareInserts(database, like, TRIAGE_TABLES);
  const started = performance.now();
  for (let lead = 0; lead < BARE_LEADS; lead++) inserts.insertOneEach();
  const seconds = (performance.now() - started) / 1000;
  database.close();
  return BARE_LEADS / seconds;
}
