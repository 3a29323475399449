import { FixedClock } from '../src/config/index.js';
import { JobClock } from '../src/queue/index.js';
import { type StartedApp, startApp } from './app.js';
import { storeCampaign, storeDays } from './factories.js';

const MONDAY = '2026-03-02T10:00:00.000Z';
const HOUR_MS = 3_600_000;

let herald: StartedApp;
let clock: FixedClock;
/** Outlasts a session. */
let key: string;
beforeAll(async () => {
  clock = new FixedClock(MONDAY);
  herald = await startApp({ clock });
  herald.app.get(JobClock).beforeApplicationShutdown();
  const { body } = await herald.call('POST', '/api/v1/api-keys', { name: 'a clock of its own', role: 'admin' });
  key = body.key;
});
afterEach(() => clock.set(MONDAY));
afterAll(() => herald.stop());

const call = (method: string, path: string, body?: unknown) =>
  herald.call(method, `/api/v1${path}`, body, { token: key });
const look = async (id: string) => (await call('POST', `/campaigns/${id}/optimize`, {})).body;
const budgetOf = async (id: string) => (await call('GET', `/campaigns/${id}`)).body.daily_budget_usd;
const spent = (index: number) => 80 + ((index * 37) % 41);
const day = (index: number) => ({
  cost_usd: spent(index),
  revenue_usd: 6 * spent(index) + (index % 3),
  conversions: 4,
});

/** A campaign whose next dollar surely pays. */
async function paying(over: object = {}): Promise<string> {
  const fields = { daily_budget_usd: 100, total_budget_usd: 90_000, ...over };
  const { campaign_id } = await storeCampaign(herald, fields);
  await storeDays(herald, campaign_id, MONDAY, 60, day);
  return campaign_id;
}

it('rises by the limit in a week at most, however often the optimizer looks', async () => {
  const id = await paying();
  for (let hour = 0; hour < 60; hour++) {
    if (hour > 0 && hour % 24 === 0) await storeDays(herald, id, clock.iso(), 1, () => day(61 + hour));
    await look(id);
    clock.advance(HOUR_MS);
  }
  expect(await budgetOf(id)).toBe(110);
  expect((await look(id)).notes.join(' ')).toContain('the limit of a week');
});

it('is never raised past what is left of the total budget', async () => {
  // 60 days cost some 6,000; 304 are left
  const id = await paying({ total_budget_usd: 37_500 });
  await look(id);
  const budget = await budgetOf(id);
  expect(budget).toBeGreaterThan(100);
  expect(budget).toBeLessThan(110);
  expect(budget * 304).toBeLessThanOrEqual(37_500 - 5_500);
});

it('that goes past the total is a case for a person, and pacing says so', async () => {
  const id = await paying({ total_budget_usd: 12_000 });
  const answer = await look(id);
  expect(answer.triggers).toContainEqual(expect.objectContaining({ trigger: 'pacing', fired: true }));
  const [move] = answer.optimizations.filter(({ type }: { type: string }) => type === 'budget_reallocation');
  expect(move).toMatchObject({ auto_apply: false, impact_metric: 'planned_beyond_total_share' });
  expect(move.change.daily_budget_usd).toBeLessThan(30);
  expect(await budgetOf(id)).toBe(100);
});

it('stays as a person set it back, until a fortnight has passed or the figures have moved', async () => {
  const id = await paying();
  const { decision_id } = await look(id);
  expect(await budgetOf(id)).toBe(110);
  await call('POST', `/decisions/${decision_id}/undo`, { reason: 'no money' });
  clock.advance(26 * HOUR_MS);
  await storeDays(herald, id, clock.iso(), 1, () => day(62));
  const again = await look(id);
  expect(await budgetOf(id)).toBe(100);
  expect(again.notes.join(' ')).toContain('a person took back such a change');
  clock.advance(15 * 24 * HOUR_MS);
  await look(id);
  expect(await budgetOf(id)).toBe(110);
});

it('is left alone by a look that finds nothing, which is noted and cannot be undone', async () => {
  const { campaign_id } = await storeCampaign(herald);
  const { decision_id } = await look(campaign_id);
  expect((await call('GET', `/decisions/${decision_id}`)).body).toMatchObject({
    status: 'noted',
    is_reversible: false,
    inverse: null,
  });
  expect((await call('POST', `/decisions/${decision_id}/undo`, { reason: 'x' })).body.code).toBe('not_applied');
});

describe('a campaign’s case', () => {
  async function losing(): Promise<{ campaign_id: string; escalation_id: string }> {
    const { campaign_id } = await storeCampaign(herald);
    await storeDays(herald, campaign_id, MONDAY, 40, (index) => ({
      cost_usd: 95 + (index % 5),
      revenue_usd: 20 + (index % 3),
      conversions: index % 2,
    }));
    const { escalation_ids } = await look(campaign_id);
    return { campaign_id, escalation_id: escalation_ids[0] };
  }
  const change = (escalation_id: string, changes: object) =>
    herald.call('POST', `/api/v1/escalations/${escalation_id}/resolve`, { resolution: 'change', changes });

  it('that is settled with changes changes the campaign', async () => {
    const { campaign_id, escalation_id } = await losing();
    const changes = { status: 'paused', daily_budget_usd: 40, end_date: '2026-06-30' };
    expect((await change(escalation_id, changes)).status).toBe(200);
    expect((await call('GET', `/campaigns/${campaign_id}`)).body).toMatchObject({
      status: 'paused',
      daily_budget_usd: 40,
      end_date: '2026-06-30T00:00:00.000Z',
    });
  });

  it.each([
    [{ mood: 'better' }, 'changes.mood'],
    [{ daily_budget_usd: -1 }, 'changes.daily_budget_usd'],
    [{ status: 'asleep' }, 'changes.status'],
    [{ end_date: 'soon' }, 'changes.end_date'],
    [{ end_date: '2020-01-01' }, 'changes.end_date'],
  ])('refuses %j by name', async (changes, path) => {
    const { campaign_id, escalation_id } = await losing();
    const { status, body } = await change(escalation_id, changes);
    expect([status, body.errors[0].path]).toEqual([400, path]);
    expect((await call('GET', `/campaigns/${campaign_id}`)).body.status).toBe('active');
  });
});
