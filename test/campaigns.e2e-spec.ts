import { UnitOfWork } from '../src/database/index.js';
import { type ApiAnswer, type StartedApp, startApp } from './app.js';
import { aCampaign, storeCampaign, storeDays, storeLead } from './factories.js';
import { AbVariant } from '../src/crm/campaigns/ab-variant.entity.js';

let herald: StartedApp;
beforeAll(async () => (herald = await startApp()));
afterAll(() => herald.stop());

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  herald.call(method, `/api/v1/campaigns${path}`, body, { ...(headers && { headers }) });
const paths = ({ body }: ApiAnswer) => (body.errors ?? []).map(({ path }: { path: string }) => path);

describe('a campaign over REST', () => {
  it('is created, read, changed and removed, with its version as the ETag', async () => {
    const created = await call('POST', '', aCampaign({ campaign_id: 'CMP-a', daily_budget_usd: 99.99 }));
    expect([created.status, created.headers.get('etag')]).toEqual([201, '"1"']);
    expect(created.body).toMatchObject({
      campaign_id: 'CMP-a',
      status: 'active',
      kpi: 'CPL',
      daily_budget_usd: 99.99,
      channel_mix: ['Email', 'SMS'],
      owner_email: null,
    });
    expect((await call('GET', '/CMP-a')).body).toEqual(created.body);
    const changed = await call(
      'PATCH',
      '/CMP-a',
      { status: 'paused', end_date: null, daily_budget_usd: 0.1 },
      { 'if-match': '"1"' },
    );
    expect(changed.body).toEqual({
      ...created.body,
      status: 'paused',
      end_date: null,
      daily_budget_usd: 0.1,
      version: 2,
      updated_at: changed.body.updated_at,
    });
    expect((await call('GET', '/CMP-a')).body).toEqual(changed.body);
    expect((await call('PATCH', '/CMP-a', {})).body).toEqual(changed.body);
    expect((await call('PATCH', '/CMP-a', { name: 'x' }, { 'if-match': '"1"' })).status).toBe(412);
    expect((await call('DELETE', '/CMP-a', undefined, { 'if-match': '"1"' })).status).toBe(412);
    expect((await call('DELETE', '/CMP-a', undefined, { 'if-match': '"2"' })).status).toBe(204);
    expect((await call('GET', '/CMP-a')).body).toMatchObject({ status: 404, code: 'campaign_not_found' });
  });

  it.each<[object, string]>([
    [{ name: '' }, 'name'],
    [{ channel_mix: [] }, 'channel_mix'],
    [{ channel_mix: ['Fax'] }, 'channel_mix'],
    [{ channel_mix: 'Email' }, 'channel_mix'],
    [{ daily_budget_usd: -1 }, 'daily_budget_usd'],
    [{ daily_budget_usd: '100' }, 'daily_budget_usd'],
    [{ total_budget_usd: 1e12 }, 'total_budget_usd'],
    [{ end_date: '2025-12-31T00:00:00Z' }, 'end_date'],
    [{ start_date: '2026-13-01T00:00:00Z' }, 'start_date'],
    [{ kpi: 'Fame' }, 'kpi'],
    [{ owner_email: 'boss' }, 'owner_email'],
    [{ status: 'active' }, 'status'],
    [{ campaign_id: 'a b' }, 'campaign_id'],
    [{ target_personas: [1] }, 'target_personas'],
  ])('is refused: %j', async (over, path) => {
    const answer = await call('POST', '', aCampaign(over as Record<string, unknown>));
    expect([answer.status, paths(answer)]).toEqual([400, [path]]);
  });

  it('cannot end before it starts by a later change either', async () => {
    const { campaign_id } = await storeCampaign(herald);
    expect(paths(await call('PATCH', `/${campaign_id}`, { start_date: '2027-06-01T00:00:00Z' }))).toEqual(['end_date']);
  });

  it('exists once under its id', async () => {
    await storeCampaign(herald, { campaign_id: 'CMP-once' });
    expect((await call('POST', '', aCampaign({ campaign_id: 'CMP-once' }))).body).toMatchObject({
      status: 409,
      code: 'campaign_exists',
    });
  });

  it('is not removed while it has leads', async () => {
    const { campaign_id } = await storeCampaign(herald);
    const { lead_id } = await storeLead(herald, { campaign_id });
    expect((await call('DELETE', `/${campaign_id}`)).body).toMatchObject({ status: 409, code: 'campaign_in_use' });
    await herald.call('DELETE', `/api/v1/leads/${lead_id}`);
    expect((await call('DELETE', `/${campaign_id}`)).status).toBe(204);
  });

  it('is listed by its state, page by page', async () => {
    for (let index = 0; index < 5; index++)
      await storeCampaign(herald, { campaign_id: `CMP-list-${index}`, objective: 'Listing' });
    await call('PATCH', '/CMP-list-4', { status: 'ended' });
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body }: ApiAnswer = await call(
        'GET',
        `?objective=Listing&status=active&limit=3${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...body.items.map(({ campaign_id }: { campaign_id: string }) => campaign_id));
      cursor = body.next_cursor;
    }
    expect(seen).toEqual(['CMP-list-0', 'CMP-list-1', 'CMP-list-2', 'CMP-list-3']);
  });
});

describe('the days of a campaign', () => {
  it('come in order with exact totals, and only those asked for', async () => {
    const { campaign_id } = await storeCampaign(herald);
    await storeDays(herald, campaign_id, '2026-02-01', 10, () => ({ cost_usd: 0.1, revenue_usd: 0.2 }));
    const { body } = await call('GET', `/${campaign_id}/daily`);
    expect(body.days.map(({ date }: { date: string }) => date)).toEqual(
      [...body.days.map(({ date }: { date: string }) => date)].sort(),
    );
    expect(body.days).toHaveLength(10);
    expect(body.totals).toEqual({
      impressions: 10_000,
      clicks: 300,
      leads_created: 60,
      conversions: 20,
      cost_usd: 1,
      revenue_usd: 2,
      ctr: 0.03,
      cpl_usd: 1 / 60,
      conversion_rate: 1 / 3,
      roas: 2,
    });
    const part = (await call('GET', `/${campaign_id}/daily?from=2026-01-24&to=2026-01-25`)).body;
    expect([part.days.length, part.totals.cost_usd]).toEqual([2, 0.2]);
    const none = (await call('GET', `/${campaign_id}/daily?from=2027-01-01`)).body;
    expect(none).toMatchObject({
      days: [],
      totals: { clicks: 0, cost_usd: 0, ctr: null, cpl_usd: null, conversion_rate: null, roas: null },
    });
  });

  it('count conversions that come at the same moment, to the cent', async () => {
    const { campaign_id } = await storeCampaign(herald);
    const leads = await Promise.all(Array.from({ length: 12 }, () => storeLead(herald, { campaign_id })));
    const answers = await Promise.all(
      leads.map(({ lead_id }) =>
        herald.call('POST', '/api/v1/conversions', {
          lead_id,
          conversion_value_usd: 0.1,
          conversion_type: 'purchase',
          converted_at: '2026-01-05T23:59:59.999Z',
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(new Array(12).fill(201));
    const { body } = await call('GET', `/${campaign_id}/daily?to=2026-01-31`);
    expect(body.days).toEqual([
      expect.objectContaining({
        date: '2026-01-05',
        conversions: 12,
        leads_created: 0,
        revenue_usd: 1.2,
        cpl_usd: null,
      }),
    ]);
    expect((await call('GET', `/${campaign_id}/daily`)).body.totals).toMatchObject({
      leads_created: 12,
      conversions: 12,
      revenue_usd: 1.2,
      conversion_rate: 1,
    });
  });

  it.each([
    ['from=2026-02-02&to=2026-02-01', 'from'],
    ['from=yesterday', 'from'],
    ['to=2026-02-30', 'to'],
    ['from=2026-02-01T00:00:00Z', 'from'],
  ])('refuse ?%s', async (query, path) => {
    expect(paths(await call('GET', `/CMP-once/daily?${query}`))).toEqual([path]);
  });

  it('and its variants are 404 for a campaign that does not exist', async () => {
    for (const part of ['daily', 'variants']) expect((await call('GET', `/CMP-none/${part}`)).status).toBe(404);
  });
});

it('shows the variants of a campaign', async () => {
  const { campaign_id } = await storeCampaign(herald);
  const variant = {
    campaign_id,
    channel: 'Email',
    creative_type: 'SubjectLine',
    subject_line: 'Hello',
    call_to_action: 'Reply',
    tone: 'Warm',
    length_words: 9,
  };
  await herald.app.get(UnitOfWork).run((unit) =>
    unit.of(AbVariant).insert([
      { variant_id: 'V2', ...variant },
      { variant_id: 'V1', ...variant, is_paused: true },
    ]),
  );
  expect((await call('GET', `/${campaign_id}/variants`)).body.items).toEqual([
    { variant_id: 'V1', ...variant, is_paused: true },
    { variant_id: 'V2', ...variant, is_paused: false },
  ]);
});
