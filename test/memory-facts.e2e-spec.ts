import { DataSource } from 'typeorm';
import { FixedClock, createRandom } from '../src/config/index.js';
import { Database, UnitOfWork } from '../src/database/index.js';
import { LeadMemoryService, MemoryService } from '../src/memory/index.js';
import { LongTermMemory, MemoryFact } from '../src/memory/long-term/long-term.entities.js';
import { LongTermStore } from '../src/memory/long-term/long-term.store.js';
import { ShortTermMemory } from '../src/memory/short-term/short-term.entity.js';
import { Journal } from '../src/operations/index.js';
import { type StartedApp, startApp } from './app.js';
import { settled, storeInteraction, storeLead } from './factories.js';
import { Interaction } from '../src/crm/conversations/interaction.entity.js';

const NOW = '2026-03-02T10:00:00.000Z';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const at = (ms: number): string => new Date(Date.parse(NOW) + ms).toISOString();

const clock = new FixedClock(NOW);
let herald: StartedApp;
let units: UnitOfWork;
let database: Database;
let memory: MemoryService;

beforeAll(async () => {
  herald = await startApp({ clock });
  [units, database, memory] = [herald.app.get(UnitOfWork), herald.app.get(Database), herald.app.get(MemoryService)];
});
afterAll(() => herald.stop());
beforeEach(() => clock.set(NOW));

const store = (body: object) => herald.call('POST', '/api/v1/memory', body);
const retrieve = async (lead_id: string) => (await herald.call('GET', `/api/v1/memory?lead_id=${lead_id}`)).body;
const asOf = async (lead_id: string, when: string, knownAt?: string) =>
  (await herald.app.get(LeadMemoryService).asOf({ lead_id, at: when, ...(knownAt && { known_at: knownAt }) })).facts;
const valuesOf = (facts: { name: string; value: unknown }[], name: string) =>
  facts.filter((fact) => fact.name === name).map(({ value }) => value);

describe('what is believed of a lead', () => {
  it('comes with confidence, source and validity, beside the summary that it keeps in step', async () => {
    await store({
      tier: 'long_term',
      lead_id: 'F1',
      region: 'EU',
      preferences_json: { best_contact_time: '09:00-11:00', interests: ['roi', 'security'], seats: 40 },
    });
    const { long_term } = await retrieve('F1');
    expect(long_term[0]).toMatchObject({
      region: 'EU',
      preferences_json: { best_contact_time: '09:00-11:00', interests: ['roi', 'security'], seats: 40 },
    });
    expect(long_term[0].facts).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'best_contact_hour',
          value: 9,
          confidence: 0.9,
          source: 'api',
          valid_from: NOW,
          valid_to: null,
          recorded_at: NOW,
          closed_at: null,
          evidence: 1,
        }),
        expect.objectContaining({ name: 'interest', value: 'security' }),
        expect.objectContaining({ name: 'seats', value: 40 }),
      ]),
    );
    await store({
      tier: 'long_term',
      lead_id: 'F1',
      region: null,
      confidence: 0.5,
      source: 'conversation',
      preferences_json: { interests: ['security'], best_contact_time: '09:30-12:00' },
    });
    expect((await retrieve('F1')).long_term[0]).toMatchObject({
      region: null,
      preferences_json: { best_contact_time: '09:30-12:00', interests: ['security'], seats: 40 },
    });
  });

  it('can be asked for as of a day, before and after it was contradicted', async () => {
    await store({ tier: 'long_term', lead_id: 'F2', industry: 'Retail', valid_from: at(-30 * DAY_MS) });
    clock.advance(10 * DAY_MS);
    await units.run((unit) =>
      memory.store(
        { tier: 'long_term', lead_id: 'F2', industry: 'Media', valid_from: at(5 * DAY_MS) },
        { unit, now: clock.iso() },
      ),
    );
    clock.set(NOW);
    const overRest = await herald.call(
      'GET',
      `/api/v1/memory/leads/F2/as-of?at=${at(4 * DAY_MS)}&known_at=${at(20 * DAY_MS)}`,
    );
    expect(overRest.body).toMatchObject({
      lead_id: 'F2',
      at: at(4 * DAY_MS),
      known_at: at(20 * DAY_MS),
      facts: [{ name: 'industry', value: 'Retail', valid_to: at(5 * DAY_MS) }],
    });
    // what was believed on the day
    expect(valuesOf(await asOf('F2', at(-DAY_MS)), 'industry')).toEqual([]);
    expect(valuesOf(await asOf('F2', NOW), 'industry')).toEqual(['Retail']);
    expect(valuesOf(await asOf('F2', at(7 * DAY_MS)), 'industry')).toEqual(['Retail']);
    expect(valuesOf(await asOf('F2', at(10 * DAY_MS)), 'industry')).toEqual(['Media']);
    // what is believed now about then
    expect(valuesOf(await asOf('F2', at(7 * DAY_MS), at(20 * DAY_MS)), 'industry')).toEqual(['Media']);
    expect(valuesOf(await asOf('F2', at(4 * DAY_MS), at(20 * DAY_MS)), 'industry')).toEqual(['Retail']);
    expect(valuesOf(await asOf('F2', at(-20 * DAY_MS), at(20 * DAY_MS)), 'industry')).toEqual(['Retail']);
    // the last millisecond before, and the first after
    expect(valuesOf(await asOf('F2', at(10 * DAY_MS - 1)), 'industry')).toEqual(['Retail']);
    expect(valuesOf(await asOf('F2', at(5 * DAY_MS - 1), at(20 * DAY_MS)), 'industry')).toEqual(['Retail']);
    expect(valuesOf(await asOf('F2', at(5 * DAY_MS), at(20 * DAY_MS)), 'industry')).toEqual(['Media']);
  });

  it('is not changed by older news, nor by weak doubt', async () => {
    await store({ tier: 'long_term', lead_id: 'F3', industry: 'Media' });
    await store({
      tier: 'long_term',
      lead_id: 'F3',
      industry: 'Retail',
      valid_from: at(-30 * DAY_MS),
      confidence: 0.4,
    });
    await store({ tier: 'long_term', lead_id: 'F3', industry: 'EdTech', valid_from: at(HOUR_MS), confidence: 0.3 });
    expect((await retrieve('F3')).long_term[0].industry).toBe('Media');
    expect(valuesOf(await asOf('F3', at(-20 * DAY_MS), at(1)), 'industry')).toEqual(['Retail']);
  });

  it('refuses what cannot be a fact, and writes nothing of it', async () => {
    const wrong = async (body: object) => (await store({ tier: 'long_term', lead_id: 'F4', ...body })).body.errors;
    expect(await wrong({ source: 'gossip', region: 'EU' })).toEqual([
      { path: 'source', reason: expect.stringContaining('must be one of import') },
    ]);
    expect(await wrong({ region: 'EU', preferences_json: { region: 'US' } })).toEqual([
      { path: 'preferences_json.region', reason: expect.stringContaining('another meaning') },
    ]);
    expect(await wrong({ region: 'EU', preferences_json: { essay: 'x'.repeat(20_000) } })).toEqual([
      { path: 'essay', reason: expect.stringContaining('at most 16384') },
    ]);
    expect(await wrong({ region: 'EU', preferences_json: { interests: 'none' } })).toEqual([
      { path: 'preferences_json.interests', reason: 'must be a list of texts' },
    ]);
    expect(await wrong({ preferences_json: { preferred_channels: ['Call', 7] } })).toEqual([
      expect.objectContaining({ path: 'preferences_json.preferred_channels' }),
    ]);
    expect(await wrong({ preferences_json: { best_contact_time: 'soon' } })).toEqual([
      { path: 'preferences_json.best_contact_time', reason: expect.stringContaining('09:00-11:00') },
    ]);
    expect(await wrong({ region: 'EU', valid_from: NOW, valid_to: NOW })).toEqual([
      { path: 'valid_to', reason: 'must be later than valid_from' },
    ]);
    expect(await wrong({ region: 'EU', confidence: 1.5 })).toEqual([expect.objectContaining({ path: 'confidence' })]);
    expect((await retrieve('F4')).long_term).toEqual([]);
  });

  it('includes an imported row from the first read, and keeps it as evidence when something is learned', async () => {
    const imported = {
      lead_id: 'F5',
      region: 'US',
      industry: null,
      rfm_score: 0.6,
      preferences_json: { preferred_channels: ['Ads', 'Web'], best_contact_time: '13:00-15:00' },
      last_updated_at: at(-90 * DAY_MS),
    };
    await units.run((unit) => unit.of(LongTermMemory).insert(imported));
    const facts = (await retrieve('F5')).long_term[0].facts as {
      name: string;
      value: unknown;
      source: string;
      valid_from: string;
    }[];
    expect(valuesOf(facts, 'preferred_channel').sort()).toEqual(['Ads', 'Web']);
    expect(facts).toContainEqual(
      expect.objectContaining({
        name: 'best_contact_hour',
        value: 13,
        source: 'import',
        confidence: 0.7,
        valid_from: at(-90 * DAY_MS),
      }),
    );
    expect(await database.of(MemoryFact).count({ lead_id: 'F5' })).toBe(0);
    await units.run((unit) =>
      memory.learn(
        unit,
        [
          { lead_id: 'F5', name: 'preferred_channel', value: 'Ads', confidence: 0.6, source: 'conversation' },
          { lead_id: 'F5', name: 'best_contact_hour', value: 9, confidence: 0.6, source: 'conversation' },
        ],
        clock.iso(),
      ),
    );
    const after = (await retrieve('F5')).long_term[0];
    expect(after).toMatchObject({
      region: 'US',
      rfm_score: 0.6,
      preferences_json: { preferred_channels: ['Ads', 'Web'], best_contact_time: '09:00-11:00' },
    });
    // 1 − 0.3·(1 − ¾·0.6)
    expect(after.facts).toContainEqual(
      expect.objectContaining({
        name: 'preferred_channel',
        value: 'Ads',
        evidence: 2,
        confidence: expect.closeTo(0.835, 9),
      }),
    );
    expect(valuesOf(await asOf('F5', at(-DAY_MS)), 'best_contact_hour')).toEqual([13]);
    expect(await database.of(LongTermMemory).get('F5')).toMatchObject({ last_updated_at: NOW });
  });

  it('takes of an imported row what has the right shape, and nothing else for a fact', async () => {
    const preferences_json = {
      preferred_channels: ['Call', 7, '', null],
      best_contact_time: 25,
      interests: 'none',
      interest: 'golf',
      seats: 40,
    };
    await units.run((unit) =>
      unit
        .of(LongTermMemory)
        .insert({ lead_id: 'F7', region: 'US', industry: null, rfm_score: 0, preferences_json, last_updated_at: NOW }),
    );
    const named = async () =>
      ((await retrieve('F7')).long_term[0].facts as { name: string; value: unknown }[]).map(({ name, value }) => [
        name,
        value,
      ]);
    expect(await named()).toEqual([
      ['preferred_channel', 'Call'],
      ['region', 'US'],
      ['seats', 40],
    ]);
    await units.run((unit) =>
      memory.learn(
        unit,
        [{ lead_id: 'F7', name: 'interest', value: 'roi', confidence: 0.6, source: 'conversation' }],
        NOW,
      ),
    );
    expect(await named()).toEqual([
      ['interest', 'roi'],
      ['preferred_channel', 'Call'],
      ['region', 'US'],
      ['seats', 40],
    ]);
    expect((await retrieve('F7')).long_term[0].preferences_json.interests).toEqual(['roi']);
  });

  it('ends where a statement says so', async () => {
    await store({ tier: 'long_term', lead_id: 'F8', preferences_json: { on_leave: true }, valid_to: at(2 * DAY_MS) });
    expect(valuesOf(await asOf('F8', at(DAY_MS)), 'on_leave')).toEqual([true]);
    expect(valuesOf(await asOf('F8', at(2 * DAY_MS)), 'on_leave')).toEqual([]);
  });

  it('stays one belief when many say it at once, each in a unit of its own', async () => {
    const learn = (value: string, index: number) =>
      units.run((unit) =>
        memory.learn(
          unit,
          [
            {
              lead_id: 'F6',
              name: 'company',
              value,
              confidence: 0.6,
              source: 'conversation',
              source_id: `c${index}`,
              valid_from: at(index - 100),
            },
          ],
          clock.iso(),
        ),
      );
    await Promise.all(Array.from({ length: 40 }, (_, index) => learn(index % 2 ? 'Acme' : 'Bolt', index)));
    const standing = await database.of(MemoryFact).find({ lead_id: 'F6', closed_at: null, valid_to: null });
    expect(standing).toHaveLength(1);
    expect(standing[0]).toMatchObject({ name: 'company', value_json: 'Acme' });
    expect((await retrieve('F6')).long_term[0].preferences_json).toEqual({ company: 'Acme' });
  });
});

describe('what leads do', () => {
  it('teaches the channel, the hour on their clock, the interest and the time to reply', async () => {
    const { lead_id } = await storeLead(herald, { region: 'India' });
    for (let day = 6; day > 0; day--) {
      const sent = -day * DAY_MS - 3.5 * HOUR_MS;
      await storeInteraction(herald, lead_id, {
        channel: 'Email',
        event_type: 'email_sent',
        timestamp: at(sent - HOUR_MS),
      });
      await storeInteraction(herald, lead_id, { channel: 'SMS', event_type: 'sms_sent', timestamp: at(sent) });
      await storeInteraction(herald, lead_id, {
        channel: 'SMS',
        event_type: 'sms_reply',
        outcome: 'positive',
        timestamp: at(sent + HOUR_MS),
        metadata_json: { topic: 'Security' },
      });
    }
    const { preferences_json, facts, rfm_score } = (await retrieve(lead_id)).long_term[0];
    // 07:30 UTC is 13:00 there
    expect(preferences_json).toMatchObject({ preferred_channels: ['SMS'], interests: ['security'] });
    expect([12, 13]).toContain(valuesOf(facts, 'best_contact_hour')[0]);
    expect(facts.find(({ name }: { name: string }) => name === 'preferred_channel')).toMatchObject({
      value: 'SMS',
      source: 'interaction',
    });
    expect(facts.find(({ name }: { name: string }) => name === 'preferred_channel').confidence).toBeGreaterThan(0.8);
    expect(valuesOf(facts, 'reply_latency_hours')[0]).toBeLessThan(2.5);
    expect(rfm_score).toBeGreaterThan(0.4);
  });

  it('counts an event once, however often it is told', async () => {
    const { lead_id } = await storeLead(herald);
    await storeInteraction(herald, lead_id, { interaction_id: 'once-1', outcome: 'positive' });
    const again = await herald.call('POST', '/api/v1/interactions', {
      lead_id,
      interaction_id: 'once-1',
      channel: 'Email',
      event_type: 'reply',
    });
    expect(again.status).toBe(409);
    const seen = { lead_id, source_id: 'once-1', kind: 'reply' as const, at: NOW, channel: 'Email' };
    expect(await units.run((unit) => memory.observe(unit, [seen, seen], NOW))).toBe(0);
    expect(
      await units.run((unit) =>
        memory.observe(
          unit,
          [
            { ...seen, source_id: 'twice' },
            { ...seen, source_id: 'twice' },
          ],
          NOW,
        ),
      ),
    ).toBe(1);
    const { body } = await herald.call('GET', `/api/v1/memory/leads/${lead_id}`);
    expect(body.learned.acts).toBe(2);
  });

  it('counts as many as there were when they come all at once', async () => {
    const { lead_id } = await storeLead(herald);
    await Promise.all(
      Array.from({ length: 30 }, () => storeInteraction(herald, lead_id, { event_type: 'email_open' })),
    );
    expect((await herald.call('GET', `/api/v1/memory/leads/${lead_id}`)).body.learned).toMatchObject({ acts: 30 });
  });

  it('is looked up from the beginning when the first thing is told of a lead that was imported', async () => {
    const { lead_id } = await storeLead(herald, { lead_id: 'imported-lead' });
    const row = (index: number, event_type: string, outcome: string): Interaction => ({
      interaction_id: `imp-${index}`,
      conversation_id: null,
      lead_id,
      campaign_id: null,
      timestamp: at(-(20 - index) * DAY_MS),
      channel: 'Call',
      event_type,
      agent_id: null,
      variant_id: null,
      outcome,
      metadata_json: {},
    });
    await units.run((unit) =>
      unit
        .of(Interaction)
        .insert(
          [0, 2, 4, 6].flatMap((index) => [
            row(index, 'call_made', 'none'),
            row(index + 1, 'call_answered', 'positive'),
          ]),
        ),
    );
    await storeInteraction(herald, lead_id, { channel: 'Web', event_type: 'site_visit' });
    const { body } = await herald.call('GET', `/api/v1/memory/leads/${lead_id}`);
    expect(body.learned).toMatchObject({ acts: 5, channels: { Call: { asked: 4, answered: 4 }, Web: { asked: 1 } } });
    expect(body.long_term[0].preferences_json.preferred_channels).toEqual(['Call']);
  });

  it('raises the score with a conversion, by its worth', async () => {
    const { lead_id } = await storeLead(herald);
    await herald.call('POST', '/api/v1/conversions', {
      lead_id,
      conversion_value_usd: 1000,
      conversion_type: 'purchase',
    });
    // recency 1, frequency 1/6, monetary 1/2
    expect((await retrieve(lead_id)).long_term[0].rfm_score).toBeCloseTo((1 + 1 / 6 + 1 / 2) / 3, 3);
  });
});

describe('short-term memory', () => {
  const entry = (conversation_id: string, lead_id: string, summary = 'asked about pricing') => ({
    conversation_id,
    lead_id,
    last_utterance_summary: summary,
    active_intent: 'book_demo',
    slots_json: { summary },
  });
  const ofLead = async (lead_id: string) => (await memory.contextOf(database, [lead_id])).short_term;

  it('gives an entry out to the last millisecond of its time, and feeds it to consolidation from the next', async () => {
    await store({ tier: 'short_term', ...entry('ttl-1', 'T1'), ttl_seconds: 60 });
    expect(await ofLead('T1')).toHaveLength(1);
    clock.advance(59_999);
    expect(await ofLead('T1')).toHaveLength(1);
    expect((await herald.call('GET', '/api/v1/memory?conversation_id=ttl-1')).body.short_term).toHaveLength(1);
    clock.advance(1);
    expect(await ofLead('T1')).toEqual([]);
    expect((await herald.call('GET', '/api/v1/memory?conversation_id=ttl-1')).body.short_term).toEqual([]);
    expect(await units.run(async (unit) => (await memory.contextOf(unit, ['T1'])).short_term)).toEqual([]);
  });

  it('refuses an entry that is too large, naming the field', async () => {
    const { status, body } = await store({
      tier: 'short_term',
      ...entry('large', 'T2'),
      slots_json: { text: 'x'.repeat(70_000) },
    });
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      {
        path: 'slots_json',
        reason: expect.stringMatching(/^the entry has 70\d+ characters of JSON, at most 65536 are kept/),
      },
    ]);
  });

  it('has the cache say what the table says after 200 units of which a third rolled back, among readers', async () => {
    const random = createRandom('rollback');
    const leads = Array.from({ length: 12 }, (_, index) => `R${index}`);
    const plans = Array.from({ length: 200 }, (_, index) => ({
      index,
      lead: leads[random.integer(12)]!,
      fails: random.next() < 1 / 3,
      forgets: random.next() < 0.1,
      conversation: `R-C${random.integer(40)}`,
    }));
    const outcomes = await Promise.allSettled(
      plans.flatMap(({ index, lead, fails, forgets, conversation }) => [
        units.run(async (unit) => {
          if (forgets) await herald.app.get(LeadMemoryService).forgetLead(unit, lead, NOW);
          else await memory.rememberShortTerm(unit, [entry(`${conversation}-${lead}`, lead, `unit ${index}`)]);
          if (fails) throw new Error('takes it all back');
        }),
        ofLead(leads[random.integer(12)]!),
      ]),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(
      plans.filter(({ fails }) => fails).length,
    );
    const table = await database.of(ShortTermMemory).find({ lead_id: leads });
    expect(table.length).toBeGreaterThan(10);
    const cached = await memory.contextOf(database, leads);
    const sorted = (rows: ShortTermMemory[]) =>
      [...rows].sort((a, b) => (a.conversation_id < b.conversation_id ? -1 : 1));
    expect(sorted(cached.short_term)).toEqual(sorted(table));
    const failed = new Set(plans.filter(({ fails }) => fails).map(({ index }) => `unit ${index}`));
    expect(table.filter(({ last_utterance_summary }) => failed.has(last_utterance_summary))).toEqual([]);
  });
});

describe('a person who asks', () => {
  async function known(lead_id: string): Promise<void> {
    await storeLead(herald, { lead_id, region: 'EU' });
    await storeInteraction(herald, lead_id, { outcome: 'positive', metadata_json: { topic: 'roi' } });
    await storeInteraction(herald, lead_id, { outcome: 'positive', metadata_json: { topic: 'roi' } });
    await store({
      tier: 'short_term',
      conversation_id: `conv-${lead_id}`,
      lead_id,
      last_utterance_summary: 'asked',
      active_intent: 'book_demo',
    });
    await store({ tier: 'long_term', lead_id, region: 'EU', industry: 'SaaS' });
    await store({
      tier: 'episodic',
      scenario: 'churn_risk',
      action_sequence_json: ['call'],
      outcome_score: 1,
      notes: `worked for ${lead_id}`,
    });
    await store({ tier: 'semantic', subject: lead_id, predicate: 'interested_in', object: 'roadmap', weight: 0.7 });
    await store({
      tier: 'semantic',
      subject: 'SaaS',
      predicate: 'asks_for',
      object: 'webhooks',
      weight: 0.4,
      lead_id,
      source_id: `call-${lead_id}`,
    });
    await memory.contextOf(database, [lead_id]);
  }

  /** The tables of the application in which an id occurs. */
  async function tablesWith(id: string): Promise<string[]> {
    const found: string[] = [];
    for (const { tableName } of herald.app.get(DataSource).entityMetadatas) {
      const rows = await database.query(`SELECT * FROM "${tableName}"`);
      if (
        rows.some((row) =>
          JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).includes(id),
        )
      )
        found.push(tableName);
    }
    return found.sort();
  }

  it('is shown everything that is held of them, across all tiers', async () => {
    await known('asks-1');
    const { status, body } = await herald.call('GET', '/api/v1/memory/leads/asks-1');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      lead_id: 'asks-1',
      exported_at: NOW,
      short_term: [{ conversation_id: 'conv-asks-1' }],
      long_term: [{ industry: 'SaaS' }],
      learned: { acts: 2, topics: { roi: { liked: 2 } } },
      episodic: [{ scenario: 'churn_risk', relation: 'is_named' }],
      consolidated: [],
    });
    expect(body.semantic).toHaveLength(2);
    expect(body.semantic).toContainEqual(
      expect.objectContaining({ object: 'roadmap', valid_from: NOW, valid_to: null, provenance: [] }),
    );
    expect(body.semantic).toContainEqual(
      expect.objectContaining({
        object: 'webhooks',
        provenance: [expect.objectContaining({ kind: 'call', ref_id: 'call-asks-1', lead_id: 'asks-1' })],
      }),
    );
    expect(body.facts.length).toBeGreaterThan(4);
  });

  it('is forgotten by memory in all tiers, and does not come back by what happened before', async () => {
    await known('asks-2');
    await known('asks-20');
    const { status, body } = await herald.call('DELETE', '/api/v1/memory/leads/asks-2');
    expect(status).toBe(200);
    expect(body).toMatchObject({ lead_id: 'asks-2', short_term: 1, episodic: 1 });
    expect(body.long_term).toBeGreaterThan(4);
    expect(await retrieve('asks-2')).toEqual({ short_term: [], long_term: [], episodic: [], semantic: [] });
    expect((await herald.call('GET', '/api/v1/memory/leads/asks-2')).body).toMatchObject({
      facts: [],
      learned: null,
      episodic: [],
      semantic: [],
    });
    expect((await herald.call('GET', '/api/v1/memory/leads/asks-20')).body.facts.length).toBeGreaterThan(4);
    clock.advance(1_000);
    await storeInteraction(herald, 'asks-2', { event_type: 'email_open' });
    expect((await herald.call('GET', '/api/v1/memory/leads/asks-2')).body.learned).toMatchObject({
      acts: 1,
      topics: {},
    });
  });

  it('does not come back when what had expired before is consolidated', async () => {
    for (const lead_id of ['asks-4', 'asks-5']) {
      await storeLead(herald, { lead_id });
      await store({
        tier: 'short_term',
        conversation_id: `old-${lead_id}`,
        lead_id,
        last_utterance_summary: 'asked',
        active_intent: 'book_demo',
        slots_json: { company: 'Demo Co.' },
        ttl_seconds: 60,
      });
    }
    clock.advance(61_000);
    await herald.call('DELETE', '/api/v1/memory/leads/asks-4');
    const { body } = await herald.call('POST', '/api/v1/memory/consolidate', {});
    expect(body.items.map(({ lead_id }: { lead_id: string }) => lead_id)).toContain('asks-5');
    expect(valuesOf((await retrieve('asks-5')).long_term[0].facts, 'company')).toEqual(['Demo Co.']);
    expect(
      (await tablesWith('asks-4')).filter((table) => table.startsWith('memory_') || table.startsWith('semantic_')),
    ).toEqual([]);
    expect((await herald.call('DELETE', '/api/v1/memory/leads/asks-5')).status).toBe(200);
    expect(
      (await tablesWith('asks-5')).filter((table) => table.startsWith('memory_') || table.startsWith('semantic_')),
    ).toEqual([]);
  });

  it('leaves no trace of their id when the lead is deleted but the notice of that', async () => {
    await known('asks-3');
    expect((await herald.call('POST', '/api/v1/leads/asks-3/triage', {})).status).toBe(200);
    await settled(herald);
    expect(await tablesWith('asks-3')).toEqual(
      expect.arrayContaining([
        'leads',
        'memory_facts',
        'memory_long_term',
        'memory_observed_events',
        'memory_short_term',
        'memory_signals',
      ]),
    );
    expect((await herald.call('DELETE', '/api/v1/leads/asks-3')).status).toBeLessThan(300);
    await settled(herald);
    await herald.app.get(Journal).flush();
    expect(await tablesWith('asks-3')).toEqual(['live_events']);
    const events = await database.query('SELECT events FROM live_events');
    expect(events.filter((row) => JSON.stringify(row).includes('asks-3'))).toHaveLength(1);
    expect(await memory.contextOf(database, ['asks-3'])).toEqual({ short_term: [], long_term: [] });
    expect(await herald.app.get(LongTermStore).everBelieved(database, 'asks-3')).toEqual([]);
  });
});
