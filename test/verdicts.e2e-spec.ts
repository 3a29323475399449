import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FixedClock } from '../src/config/index.js';
import { Leads } from '../src/crm/index.js';
import { Database, UnitOfWork } from '../src/database/index.js';
import { DatasetImporter, generateDataset } from '../src/dataset/index.js';
import { Escalation } from '../src/inbox/escalations/escalation.entity.js';
import { FlowRun } from '../src/orchestrator/index.js';
import { Handoff } from '../src/orchestrator/handoffs/handoff.entity.js';
import { contextHash } from '../src/orchestrator/handoffs/handoffs.js';
import { TriageService } from '../src/orchestrator/triage/triage.service.js';
import { Queues } from '../src/queue/index.js';
import { type StartedApp, startApp } from './app.js';
import { settled, storeInteraction, storeLead } from './factories.js';

const MONDAY = '2026-03-02T10:00:00.000Z';
const MINUTE_MS = 60_000;

let herald: StartedApp;
let clock: FixedClock;

async function start(env: Record<string, string> = {}): Promise<void> {
  clock = new FixedClock(MONDAY);
  herald = await startApp({ clock, env });
}
const triaged = async (lead_id: string) => {
  const { status, body } = await herald.call('POST', `/api/v1/leads/${lead_id}/triage`, {});
  expect(status).toBe(200);
  return body;
};
const casesOf = (lead_id: string) => herald.app.get(Database).of(Escalation).find({ lead_id });
/** Knows size, industry, persona and region, and says nothing. */
const plainWebLead = () => storeLead(herald, { source: 'Website', persona: 'Founder' });

const REAL_DATA = resolve('../shared/data/marketing_v1');

describe.each([
  ['of a generated data set', true],
  ['of the real data set (skipped where ../shared/data is absent)', false],
])('the same facts %s', (_, isGenerated) => {
  const here = isGenerated || existsSync(REAL_DATA) ? it : it.skip;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'herald-verdicts-'));
    if (isGenerated) await generateDataset(folder, { leads: 200, seed: 5, end: '2026-03-01' });
    await start();
    if (isGenerated) await herald.app.get(DatasetImporter).import(folder);
    else if (existsSync(REAL_DATA)) await herald.app.get(DatasetImporter).import(REAL_DATA, { shiftDates: true });
  });
  afterAll(async () => {
    await herald.stop();
    rmSync(folder, { recursive: true });
  });

  here(
    'get the same verdict minutes after a run whose messages went out',
    async () => {
      await herald.app.get(FlowRun).run();
      const first = await verdicts();
      expect(first.size).toBeGreaterThan(20);
      for (let hour = 0; hour < 4; hour++) {
        clock.advance(60 * MINUTE_MS);
        await settled(herald);
      }
      const sent = await herald.app.get(Database).query(`SELECT COUNT(*) AS n FROM messages WHERE status <> 'planned'`);
      expect(Number(sent[0]!.n)).toBeGreaterThan(0);
      await herald.app.get(UnitOfWork).run(async (unit) => {
        const leads = await herald.app.get(Leads).lockAll(unit, [...first.keys()].slice(0, 300));
        await herald.app.get(TriageService).triageMany(unit, leads, clock.iso());
      });
      expect(await verdicts()).toEqual(first);
    },
    120_000,
  );

  here('prove no playbook where outcomes are noise, and take no more attention than there is', async () => {
    const database = herald.app.get(Database);
    // the recommended actions go along with the handoff
    const told = await database.query('SELECT preservation_data FROM handoffs');
    expect(told.length).toBeGreaterThan(20);
    if (!isGenerated) expect(JSON.stringify(told)).not.toContain('raised the outcome');
    expect(await database.of(Escalation).count({ reason: 'low_confidence' })).toBeLessThanOrEqual(50);
  });

  /** The last verdict on each lead. */
  async function verdicts(): Promise<Map<string, unknown>> {
    const rows = await herald.app
      .get(Database)
      .query(
        `SELECT subject_id, choice, confidence FROM decisions WHERE kind = 'lead.triage' ORDER BY created_at, decision_id`,
      );
    return new Map(
      rows.map(({ subject_id, choice, confidence }) => [String(subject_id), [choice, Number(confidence)]]),
    );
  }
});

describe('what a lead writes', () => {
  beforeAll(() => start());
  afterAll(() => herald.stop());

  it('goes to the support desk where it asks for help, and asks it for nothing', async () => {
    const blank = { company_size: null, industry: null, persona: null, region: null, preferred_channel: null };
    const { lead_id } = await storeLead(herald, { ...blank, message: 'How do I reset my password?' });
    const { route, recommended_actions } = await triaged(lead_id);
    expect(route).toBe('support');
    expect(JSON.stringify(recommended_actions)).not.toContain('request_details');
  });

  it('puts a hot lead before a person within minutes, with a reply that fits', async () => {
    const { lead_id } = await storeLead(herald, { message: 'We would like a demo next week, budget 40k EUR' });
    expect(await triaged(lead_id)).toMatchObject({ route: 'engagement' });
    const [hot] = await casesOf(lead_id);
    expect(hot).toMatchObject({ reason: 'hot_lead', blocks: false, priority: 'urgent' });
    expect(Date.parse(hot!.due_at) - clock.now().getTime()).toBe(15 * MINUTE_MS);
    expect(hot!.context.draft).toMatchObject({
      subject: 'You asked for a demo and a price',
      body: expect.stringContaining('which day and time suit you'),
    });
  });

  it('goes along with the handoff, with what happened lately, checked by hash', async () => {
    const { lead_id } = await storeLead(herald, { message: 'Please call me about pricing' });
    for (let index = 0; index < 25; index++) await storeInteraction(herald, lead_id, { event_type: 'site_visit' });
    const { handoff_id } = await triaged(lead_id);
    const handoff = await herald.app.get(Database).of(Handoff).get(handoff_id);
    const { conversation_history: history, next_actions } = handoff!.preservation_data;
    expect(history).toHaveLength(20);
    expect(history[0]).toMatchObject({ event_type: 'site_visit', channel: 'Email' });
    expect(next_actions.length).toBeGreaterThan(0);
    expect(contextHash(handoff!)).toBe(handoff!.context_hash);
    expect(
      contextHash({ ...handoff!, preservation_data: { ...handoff!.preservation_data, conversation_history: [] } }),
    ).not.toBe(handoff!.context_hash);
    await settled(herald);
    expect((await herald.app.get(Database).of(Handoff).get(handoff_id))!.status).toBe('completed');
  });
});

describe('the attention of a day', () => {
  beforeEach(() => start({ HERALD_ATTENTION_PER_DAY: '5' }));
  afterEach(() => herald.stop());

  const triageAll = (ids: readonly string[]) =>
    herald.app.get(UnitOfWork).run(async (unit) => {
      const leads = await herald.app.get(Leads).lockAll(unit, ids);
      return herald.app.get(TriageService).triageMany(unit, leads, clock.iso());
    });
  const open = () => herald.app.get(Database).of(Escalation).count({ reason: 'low_confidence' });

  it('is spent on the doubts where most is at stake; the rest takes the safe way, marked', async () => {
    await herald.app.get(Queues).hold(async () => {
      const ids: string[] = [];
      for (let index = 0; index < 12; index++)
        ids.push(
          (await storeLead(herald, { ...(index % 2 && { company_size: '5000+' }), persona: 'Founder' })).lead_id,
        );
      const done = await triageAll(ids);
      const doubtful = done.filter(({ decision }) => decision.outcome.is_low_confidence);
      expect(doubtful.length).toBeGreaterThan(5);
      const [looked, safe] = [true, false].map((isLooked) =>
        doubtful.filter(({ decision }) => (decision.outcome.route === 'person') === isLooked),
      ) as [typeof done, typeof done];
      expect(looked).toHaveLength(5);
      expect(await open()).toBe(5);
      const stakes = (some: typeof done) => some.map(({ decision }) => decision.outcome.at_stake_usd!);
      expect(Math.min(...stakes(looked))).toBeGreaterThanOrEqual(Math.max(...stakes(safe)));
      for (const { decision } of safe) {
        expect(decision.outcome).toMatchObject({ route: 'nurture', escalations: [] });
        expect(decision.reasons.join('\n')).toContain('takes the safe way');
      }
      // those who are in the inbox stay there, and nobody else comes in on the same day
      await triageAll(ids);
      expect(await open()).toBe(5);
      clock.advance(24 * 60 * MINUTE_MS);
      await triageAll(ids);
      expect(await open()).toBe(10);
    });
  });

  it('is not exceeded by batches at once', async () => {
    await herald.app.get(Queues).hold(async () => {
      const batches: string[][] = [];
      for (let batch = 0; batch < 4; batch++) {
        const ids: string[] = [];
        for (let index = 0; index < 4; index++) ids.push((await plainWebLead()).lead_id);
        batches.push(ids);
      }
      await Promise.all(batches.map(triageAll));
      expect(await open()).toBe(5);
    });
  });
});
