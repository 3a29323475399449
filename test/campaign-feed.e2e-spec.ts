import { FixedClock } from '../src/config/index.js';
import { type StartedApp, startApp } from './app.js';
import { storeCampaign, storeLead } from './factories.js';

let herald: StartedApp;
beforeAll(async () => {
  herald = await startApp({ clock: new FixedClock('2026-03-02T10:00:00.000Z') });
});
afterAll(() => herald.stop());

const call = (method: string, path: string, body?: unknown) => herald.call(method, `/api/v1${path}`, body);
const daily = async (id: string) => (await call('GET', `/campaigns/${id}/daily`)).body;

it('takes the figures of days, and later ones in the place of earlier ones, beside its own counts', async () => {
  const { campaign_id } = await storeCampaign(herald);
  await storeLead(herald, { campaign_id });
  const one = { impressions: 1_000, clicks: 30, cost_usd: 90 };
  const path = `/campaigns/${campaign_id}/daily`;
  const days = [
    { date: '2026-03-01', ...one, leads_created: 6, conversions: 2, revenue_usd: 400 },
    { date: '2026-03-02', ...one },
  ];
  expect((await call('PUT', path, { days })).status).toBe(200);
  await storeLead(herald, { campaign_id });
  expect((await daily(campaign_id)).days).toEqual([
    expect.objectContaining({ date: '2026-03-01', leads_created: 6, revenue_usd: 400, cost_usd: 90 }),
    expect.objectContaining({ date: '2026-03-02', leads_created: 2, clicks: 30, cpl_usd: 45 }),
  ]);
  const restated = { ...one, clicks: 2_000, cost_usd: 80, leads_created: 5 };
  const { body } = await call('PUT', `${path}/2026-03-02`, restated);
  expect(body.warnings).toEqual(['2026-03-02: 2000 clicks on 1000 impressions']);
  await storeLead(herald, { campaign_id });
  const after = await daily(campaign_id);
  expect(after.days[1]).toMatchObject({ leads_created: 5, clicks: 2_000, cost_usd: 80 });
  expect(after.totals).toMatchObject({ leads_created: 11, cost_usd: 170 });
});

it.each([
  [{ date: '2025-12-31' }, 'days[0].date'],
  [{ date: '2026-03-09' }, 'days[0].date'],
  [{ clicks: -1 }, 'days[0].clicks'],
  [{ mood: 1 }, 'days[0].mood'],
])('refuses a day with %j', async (over, path) => {
  const { campaign_id } = await storeCampaign(herald);
  const day = { date: '2026-03-01', impressions: 1, clicks: 1, cost_usd: 1, ...over };
  const { status, body } = await call('PUT', `/campaigns/${campaign_id}/daily`, { days: [day] });
  expect([status, body.errors[0].path]).toEqual([400, path]);
});

it('takes new variants, and changes and pauses them', async () => {
  const { campaign_id } = await storeCampaign(herald);
  const path = `/campaigns/${campaign_id}/variants`;
  const words = { channel: 'Email', creative_type: 'Text', subject_line: 'Hello', call_to_action: 'Learn More' };
  const { status, body } = await call('POST', path, { ...words, tone: 'Formal', length_words: 80 });
  expect(status).toBe(201);
  const change = { subject_line: 'Good day', is_paused: true };
  expect((await call('PATCH', `${path}/${body.variant_id}`, change)).body).toMatchObject(change);
  expect((await call('GET', path)).body.items).toEqual([expect.objectContaining({ ...words, ...change })]);
});
