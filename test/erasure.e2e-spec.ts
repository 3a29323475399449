import { createHash } from 'node:crypto';
import { FixedClock } from '../src/config/index.js';
import { Database, RowKeepers, UnitOfWork } from '../src/database/index.js';
import { Journal } from '../src/operations/index.js';
import { Interaction } from '../src/crm/conversations/interaction.entity.js';
import { FigureKeeper } from '../src/crm/index.js';
import { PUBLIC_URL, aRequest, clientOf, data, text } from './a2a-fixture.js';
import { type StartedApp, startApp } from './app.js';
import { settled, storeCampaign, storeInteraction, storeLead } from './factories.js';
import { connectMcp, SESSIONS } from './mcp-client.js';

const MONDAY = '2026-03-02T10:00:00.000Z';
const LEAD = 'L-quite-unique-4711';
const EMAIL = 'quite.unique@erase-me.example';
const PHONE = '+1-202-555-0199';
const WORDS = 'zanzibar periwinkle';

let herald: StartedApp;
beforeAll(async () => {
  herald = await startApp({ clock: new FixedClock(MONDAY), env: { HERALD_PUBLIC_URL: PUBLIC_URL } });
});
afterAll(() => herald.stop());

const call = (method: string, path: string, body?: unknown, key?: string) =>
  herald.call(method, `/api/v1${path}`, body, { headers: { ...(key && { 'idempotency-key': key }) } });
const database = (): Database => herald.app.get(Database);

/** Every text of every table of the database, by table. */
async function texts(): Promise<Map<string, string[]>> {
  const names = await database().query(
    database().dialect === 'postgres'
      ? `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`
      : `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
  );
  const found = new Map<string, string[]>();
  for (const { name } of names) {
    const rows = await database().query(`SELECT * FROM "${String(name)}"`);
    const shown = (_: string, value: unknown): unknown =>
      value !== null && typeof value === 'object' && 'type' in value && value.type === 'Buffer'
        ? Buffer.from((value as unknown as { data: number[] }).data).toString('latin1')
        : value;
    found.set(
      String(name),
      rows.map((row) => JSON.stringify(row, shown)),
    );
  }
  return found;
}

async function tablesNaming(...needles: string[]): Promise<string[]> {
  const all = await texts();
  return [...all].filter(([, rows]) => rows.some((row) => needles.some((each) => row.includes(each)))).map(([t]) => t);
}

/** One lead, spoken of through every door. */
async function fill(): Promise<void> {
  await storeCampaign(herald, { campaign_id: 'CMP-1' });
  const lead = {
    lead_id: LEAD,
    email: EMAIL,
    phone: PHONE,
    campaign_id: 'CMP-1',
    company_size: '5000+',
    source: 'Referral',
  };
  await herald.call(
    'POST',
    '/api/v1/leads',
    {
      ...lead,
      region: 'EU',
      industry: 'SaaS',
      persona: 'CMO',
      preferred_channel: 'Email',
      gdpr_consent: true,
      message: `please call about ${WORDS}`,
      triage: true,
    },
    { headers: { 'idempotency-key': 'made' } },
  );
  await settled(herald);
  for (let index = 0; index < 3; index++) await storeInteraction(herald, LEAD, { outcome: 'positive' });
  await call('PATCH', `/leads/${LEAD}`, { message: `and ${WORDS}` }, 'patched');
  await call('POST', `/leads/${LEAD}/triage`, {}, 'triaged');
  await settled(herald);
  await call('POST', `/leads/${LEAD}/engage`, {});
  await call('POST', '/conversions', { lead_id: LEAD, conversion_value_usd: 5, conversion_type: 'purchase' });
  for (const body of [
    { tier: 'long_term', preferences_json: { interests: [WORDS] }, rfm_score: 0.5 },
    {
      tier: 'short_term',
      conversation_id: 'C-unique',
      last_utterance_summary: WORDS,
      active_intent: 'buy',
      slots_json: { said: WORDS },
    },
    {
      tier: 'episodic',
      scenario: 'onboarding',
      action_sequence_json: ['call'],
      outcome_score: 0.9,
      notes: `about ${LEAD}: ${WORDS}`,
    },
    { tier: 'semantic', subject: LEAD, predicate: 'likes', object: WORDS, weight: 0.5 },
  ])
    await herald.call('POST', '/api/agents/memory/store', { lead_id: LEAD, ...body });
  await call('POST', '/suppressions', { lead_id: LEAD, channel: 'Email', reason: 'manual', note: WORDS });
  await call('POST', '/agents/handoff', {
    from_agent: 'LT',
    to_agent: 'Manager',
    lead_id: LEAD,
    context: { notes: WORDS },
  });
  await call('POST', '/messages', {
    lead_id: LEAD,
    channel: 'Email',
    subject: 'Hello',
    body: WORDS,
    planned_for: '2026-04-01T00:00:00.000Z',
  });
  await herald.call('POST', '/rpc', {
    jsonrpc: '2.0',
    id: 1,
    method: 'resource.read',
    params: { uri: `db://leads/${LEAD}`, scope: 'read' },
  });
  const { client } = await connectMcp(herald, SESSIONS);
  await client.callTool({ name: 'lead_get', arguments: { lead_id: LEAD } });
  await client.close();
  const agent = await clientOf(herald, 'lead-triage');
  await agent.sendMessage(
    aRequest([text(`Tell me of ${LEAD}`), data({ skill: 'lead.get', input: { lead_id: LEAD } })]),
  );
  await agent.sendMessage(aRequest([text(`And what of ${LEAD}?`), data({ skill: 'lead.list', input: { limit: 1 } })]));
  await settled(herald);
  await herald.app.get(Journal).flush();
  // a changed lead is noted for a second until it is counted
  await herald.app.get(FigureKeeper).settle();
}

async function storeHistory(lead_id: string, length: number): Promise<void> {
  const interaction = (_: unknown, index: number): Partial<Interaction> => ({
    interaction_id: `I-${lead_id}-${index}`,
    lead_id,
    timestamp: MONDAY,
    channel: 'Email',
    event_type: 'email_open',
    outcome: 'none',
    metadata_json: {},
  });
  await herald.app.get(UnitOfWork).run((unit) => unit.of(Interaction).insert(Array.from({ length }, interaction)));
}

describe('the erasure of a lead', () => {
  it('leaves of all that was kept through all doors the hash of the objection and the notice', async () => {
    await fill();
    const before = await tablesNaming(LEAD, EMAIL, PHONE, WORDS);
    expect(before).toEqual(
      expect.arrayContaining([
        'a2a_task_events',
        'a2a_tasks',
        'agent_actions',
        'conversations',
        'conversions',
        'decisions',
        'handoffs',
        'idempotency_keys',
        'interactions',
        'leads',
        'live_events',
        'mcp_resource_access',
        'memory_episodic',
        'memory_facts',
        'memory_long_term',
        'memory_short_term',
        'messages',
        'semantic_kg_triples',
        'suppressions',
      ]),
    );
    const { body, status } = await call('GET', `/leads/${LEAD}/export`);
    expect(status).toBe(200);
    for (const table of before.filter(
      (name) => !['live_events', 'a2a_task_events', 'memory_episodic_pending'].includes(name),
    ))
      if (!table.startsWith('memory_episodic_')) expect(Object.keys(body.rows)).toContain(table);
    expect((await call('DELETE', `/leads/${LEAD}`)).status).toBe(204);
    await settled(herald);
    await herald.app.get(Journal).flush();
    await herald.app.get(FigureKeeper).settle();
    expect(await tablesNaming(EMAIL, PHONE, WORDS)).toEqual([]);
    expect(await tablesNaming(LEAD)).toEqual(['live_events']);
    const naming = (await texts()).get('live_events')!.filter((row) => row.includes(LEAD));
    expect(naming).toEqual([expect.stringContaining('resource.updated')]);
    const hash = createHash('sha256').update(EMAIL).digest('hex');
    expect((await texts()).get('suppressions')!.filter((row) => row.includes(hash))).toHaveLength(1);
  });

  it('of one with a long history is over at once, and the rest goes in steps', async () => {
    const { lead_id } = await storeLead(herald, { lead_id: 'L-long' });
    await storeHistory(lead_id, 3_200);
    const units = herald.app.get(UnitOfWork);
    const steps: number[] = [];
    const run = units.run.bind(units);
    const watched = jest.spyOn(units, 'run').mockImplementation(async (work) => {
      const count = async (): Promise<number> => database().of(Interaction).count({ lead_id });
      const before = await count();
      const result = await run(work);
      steps.push(before - (await count()));
      return result;
    });
    expect((await call('DELETE', `/leads/${lead_id}`)).status).toBe(204);
    expect((await call('GET', `/leads/${lead_id}`)).status).toBe(404);
    await settled(herald);
    watched.mockRestore();
    expect(await tablesNaming(lead_id)).toEqual(['live_events']);
    expect(steps.filter((step) => step > 0).length).toBeGreaterThanOrEqual(6);
  });

  it('leaves in peace a lead that comes with the same id at once after', async () => {
    const fields = { lead_id: 'L-comes-again', triage: true };
    await storeLead(herald, fields);
    expect((await call('DELETE', '/leads/L-comes-again')).status).toBe(204);
    const { version } = await storeLead(herald, fields);
    expect(version).toBe(1);
    await settled(herald);
    const { status, body } = await call('GET', '/leads/L-comes-again');
    expect(status).toBe(200);
    expect(body.triage_category).not.toBeNull();
  });

  it('gives an id with a long history free when that is gone', async () => {
    const fields = { lead_id: 'L-long-again' };
    await storeLead(herald, fields);
    await storeHistory(fields.lead_id, 600);
    let goOn!: () => void;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const keeper = herald.app.get(RowKeepers).keepers.find(({ eraseTraces }) => eraseTraces)!;
    const watched = jest.spyOn(keeper, 'eraseTraces').mockImplementationOnce(() => held);
    expect((await call('DELETE', '/leads/L-long-again')).status).toBe(204);
    const early = await call('POST', '/leads', { source: 'Website', ...fields });
    expect(early).toMatchObject({ status: 409, body: { code: 'lead_being_erased' } });
    goOn();
    await settled(herald);
    watched.mockRestore();
    await storeLead(herald, fields);
    const { body } = await call('GET', '/interactions?lead_id=L-long-again');
    expect(body.items).toEqual([]);
  });
});
