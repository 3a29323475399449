import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FixedClock } from '../src/config/index.js';
import { FigureKeeper } from '../src/crm/index.js';
import { Database } from '../src/database/index.js';
import { DatasetImporter, generateDataset } from '../src/dataset/index.js';
import { FlowRun, type RunProgress, type RunSummary } from '../src/orchestrator/index.js';
import { type StartedApp, startApp } from './app.js';
import { Lead } from '../src/crm/leads/lead.entity.js';

const REAL_DATA = resolve('../shared/data/marketing_v1');
const LEADS = 300;
const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);

describe('the main job on a generated data set', () => {
  let herald: StartedApp;
  let clock: FixedClock;
  let database: Database;
  let fresh: number;
  let summary: RunSummary;
  const progress: RunProgress[] = [];

  const tally = async (sql: string): Promise<Record<string, number>> =>
    Object.fromEntries((await database.query(sql)).map(({ name, n }) => [String(name), Number(n)]));
  const count = async (table: string, where = '1=1') =>
    Number((await database.query(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`))[0]!.n);

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'herald-main-job-'));
    await generateDataset(folder, { leads: LEADS, seed: 11, end: '2026-02-28' });
    clock = new FixedClock('2026-03-01T09:00:00.000Z');
    herald = await startApp({ clock });
    database = herald.app.get(Database);
    const report = await herald.app.get(DatasetImporter).import(folder);
    expect(report).toMatchObject({ rows_refused: 0, files_refused: 0 });
    rmSync(folder, { recursive: true });
    fresh = await database.of(Lead).count({ lead_status: 'New' });
    clock.advance(1);
    summary = await herald.app.get(FlowRun).run((step) => progress.push(step));
  });
  afterAll(() => herald.stop());

  it('triages every new lead, each with its decision, action, memory and work', async () => {
    expect(fresh).toBeGreaterThan(20);
    expect(summary.leads_triaged).toBe(fresh);
    expect([sum(summary.by_category), sum(summary.by_route)]).toEqual([fresh, fresh]);
    expect(await database.of(Lead).count({ lead_status: 'New' })).toBe(0);
    expect(await count('decisions', `kind = 'lead.triage'`)).toBe(fresh);
    expect(await count('agent_actions', `action_type = 'triage' AND timestamp = '${clock.iso()}'`)).toBe(fresh);
    expect(await count('memory_short_term', `expires_at > '${clock.iso()}'`)).toBeGreaterThanOrEqual(fresh);
    expect(
      await tally(`SELECT choice AS name, COUNT(*) AS n FROM decisions WHERE kind = 'lead.triage' GROUP BY choice`),
    ).toEqual(summary.by_category);
  });

  it('hands on what it may, and gives the rest to people: nobody is lost', async () => {
    const { person = 0, ...handedOn } = summary.by_route;
    const purposes: Record<string, number> = { engagement: 0, nurture: 0, support: 0, ...handedOn };
    for (const [purpose, n] of Object.entries(purposes)) expect(summary.handoffs_by_purpose[purpose] ?? 0).toBe(n);
    expect(sum(summary.handoffs_by_status)).toBe(fresh - person);
    expect(summary.handoffs_by_status.requested ?? 0).toBe(0);
    expect(summary.handoffs_by_status.failed ?? 0).toBe(0);
    expect(summary.handoffs_by_status.delivered ?? 0).toBe(purposes.support);
    expect(await tally('SELECT status AS name, COUNT(*) AS n FROM handoffs GROUP BY status')).toEqual(
      summary.handoffs_by_status,
    );
    expect(await count('leads', `flow_state = 'in_review'`)).toBe(person);
    expect(await count('leads', `flow_state IN ('new', 'engaging') AND updated_at IS NOT NULL`)).toBe(0);
    expect(await tally(`SELECT reason AS name, COUNT(*) AS n FROM escalations GROUP BY reason`)).toEqual(
      summary.escalations_by_reason,
    );
  });

  it('plans messages to those who consented, and to nobody else', async () => {
    expect(sum(summary.messages_planned_by_channel)).toBeGreaterThan(0);
    expect(await tally('SELECT channel AS name, COUNT(*) AS n FROM messages GROUP BY channel')).toEqual(
      summary.messages_planned_by_channel,
    );
    const [forbidden] = await database.query(
      `SELECT COUNT(*) AS n FROM messages m JOIN leads l ON l.lead_id = m.lead_id WHERE l.gdpr_consent = ${database.dialect === 'postgres' ? 'false' : '0'}`,
    );
    expect(Number(forbidden!.n)).toBe(0);
    expect(await count('messages', `status <> 'planned'`)).toBe(0);
  });

  it('optimises the active campaigns and accounts for each recommendation', async () => {
    expect(summary.campaigns_optimized).toBeGreaterThan(0);
    expect(await count('decisions', `kind = 'campaign.optimize'`)).toBe(summary.campaigns_optimized);
    expect(sum(summary.recommendations_by_type)).toBe(
      summary.recommendations_applied + summary.recommendations_proposed,
    );
    expect(await count('outbox', `status = 'dead'`)).toBe(0);
  });

  it('tells how far it is', () => {
    expect(progress.filter(({ phase }) => phase === 'triage').at(-1)).toEqual({
      phase: 'triage',
      done: fresh,
      total: fresh,
    });
    expect(progress.at(-1)).toEqual({
      phase: 'optimize',
      done: summary.campaigns_optimized,
      total: summary.campaigns_optimized,
    });
  });

  it('changes nothing when it is run again', async () => {
    const state = async () =>
      JSON.stringify([
        await database.query('SELECT * FROM leads ORDER BY lead_id'),
        await database.query('SELECT * FROM messages ORDER BY message_id'),
        await database.query('SELECT * FROM handoffs ORDER BY handoff_id'),
        // how often a case that is open already was raised may grow
        await database.query(
          'SELECT escalation_id, lead_id, campaign_id, reason, status, summary FROM escalations ORDER BY escalation_id',
        ),
        await database.query(
          'SELECT campaign_id, status, daily_budget_usd, target_personas FROM campaigns ORDER BY campaign_id',
        ),
        await database.query('SELECT * FROM ab_variants ORDER BY variant_id'),
      ]);
    // where each lead counts is noted in its row a moment after it has changed
    await herald.app.get(FigureKeeper).settle();
    const before = await state();
    clock.advance(1);
    const again = await herald.app.get(FlowRun).run();
    expect(again).toMatchObject({
      leads_triaged: 0,
      by_category: {},
      messages_planned_by_channel: {},
      handoffs_by_purpose: {},
      escalations_by_reason: {},
      recommendations_applied: 0,
    });
    expect(await state()).toBe(before);
  });

  it('decided in a way that replays identically', async () => {
    const { body } = await herald.call('POST', '/api/v1/decisions/replay', { limit: 5000 });
    expect(body).toMatchObject({ identical: body.replayed, changed: 0, failed: 0, flips: [], unknown_policies: [] });
    expect(body.replayed).toBe(await count('decisions'));
  });
});

const onRealData = existsSync(REAL_DATA) ? it : it.skip;
onRealData(
  'does the main job on the real data set (skipped where ../shared/data is absent)',
  async () => {
    const herald = await startApp();
    try {
      expect(await herald.app.get(DatasetImporter).import(REAL_DATA, { asOf: '2025-08-22' })).toMatchObject({
        rows_refused: 0,
        files_refused: 0,
      });
      const database = herald.app.get(Database);
      const fresh = await database.of(Lead).count({ lead_status: 'New' });
      const summary = await herald.app.get(FlowRun).run();
      expect(summary.leads_triaged).toBe(fresh);
      expect(fresh).toBeGreaterThan(500);
      expect(Object.keys(summary.by_category).sort()).toEqual(['Campaign Qualified', 'Cold Lead', 'General Inquiry']);
      expect(sum(summary.messages_planned_by_channel)).toBeGreaterThan(100);
      expect(summary.handoffs_by_status.failed ?? 0).toBe(0);
      expect(summary.campaigns_optimized).toBeGreaterThan(0);
      expect(await database.of(Lead).count({ lead_status: 'New' })).toBe(0);
    } finally {
      await herald.stop();
    }
  },
  120_000,
);
