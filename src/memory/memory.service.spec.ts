import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Test, type TestingModule } from '@nestjs/testing';
import { ConfigModule, FixedClock, Settings } from '../config/index.js';
import { Database, DatabaseModule, UnitOfWork } from '../database/index.js';
import { LiveEventsModule } from '../live-events/index.js';
import { OperationsModule, ResourcePort, SYSTEM } from '../operations/index.js';
import { QueueModule } from '../queue/index.js';
import { TelemetryModule } from '../telemetry/index.js';
import { LeadMemoryService, MemoryModule, MemoryService, type ShortTermEntry } from './index.js';
import type { ShortTermMemory } from './short-term/short-term.entity.js';

const NOW = '2026-03-01T08:00:00.000Z';
const anEntry = (changes: Partial<ShortTermEntry> = {}): ShortTermEntry => ({
  conversation_id: 'C1',
  lead_id: 'L1',
  last_utterance_summary: 'asked about pricing',
  active_intent: 'book_demo',
  slots_json: { employees: 50 },
  ...changes,
});

describe('MemoryService', () => {
  let dataDir: string;
  let module: TestingModule;
  let memory: MemoryService;
  let database: Database;
  let resources: ResourcePort;
  let units: UnitOfWork;
  const clock = new FixedClock(NOW);

  beforeEach(async () => {
    clock.set(NOW);
    dataDir = mkdtempSync(join(tmpdir(), 'herald-memory-'));
    const config = ConfigModule.with(new Settings({ HERALD_DATA_DIR: dataDir, LOG_LEVEL: 'silent' }, 'off'), clock);
    module = await Test.createTestingModule({
      imports: [config, TelemetryModule, DatabaseModule, QueueModule, OperationsModule, LiveEventsModule, MemoryModule],
    }).compile();
    await module.init();
    [memory, database, resources, units] = [
      module.get(MemoryService),
      module.get(Database),
      module.get(ResourcePort),
      module.get(UnitOfWork),
    ];
  });

  afterEach(async () => {
    await module.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const shortTermOf = async (...leadIds: string[]) => (await memory.contextOf(database, leadIds)).short_term;

  it('keeps a conversation for a day unless told otherwise, and gives out nothing that has expired', async () => {
    await units.run(async (unit) => {
      await memory.rememberShortTerm(unit, [anEntry(), anEntry({ conversation_id: 'C2', ttl_seconds: 60 })]);
    });
    expect(await shortTermOf('L1')).toHaveLength(2);
    clock.advance(60_000);
    expect(await shortTermOf('L1')).toEqual([
      {
        conversation_id: 'C1',
        lead_id: 'L1',
        last_utterance_summary: 'asked about pricing',
        active_intent: 'book_demo',
        slots_json: { employees: 50 },
        expires_at: '2026-03-02T08:00:00.000Z',
      },
    ]);
    expect((await memory.retrieve({ lead_id: 'L1' }, { now: clock.iso() })).short_term).toHaveLength(1);
  });

  it('refuses a time to live outside of a minute to thirty days', async () => {
    const remember = (ttl_seconds: number) =>
      units.run((unit) => memory.rememberShortTerm(unit, [anEntry({ ttl_seconds })]));
    await expect(remember(59)).rejects.toThrow(RangeError);
    await expect(remember(2_592_001)).rejects.toThrow(RangeError);
    await expect(remember(2_592_000)).resolves.toHaveLength(1);
  });

  it('reads the context of more leads than fit one query, each once', async () => {
    const ids = Array.from({ length: 1_201 }, (_, index) => `L${index}`);
    await units.run(async (unit) => {
      await memory.rememberShortTerm(
        unit,
        ids.map((lead_id) => anEntry({ conversation_id: `C-${lead_id}`, lead_id })),
      );
      await memory.rememberPreferences(
        unit,
        ids.map((lead_id) => ({ lead_id })),
      );
    });
    const context = await memory.contextOf(database, [...ids, ...ids, 'nobody']);
    expect(context.short_term).toHaveLength(ids.length);
    expect(new Set(context.long_term.map(({ lead_id }) => lead_id))).toEqual(new Set(ids));
  });

  it('adds to what is known of a lead instead of replacing it', async () => {
    await units.run((unit) =>
      memory.rememberPreferences(unit, [
        {
          lead_id: 'L1',
          region: 'EU',
          rfm_score: 0.4,
          preferences_json: { best_contact_time: '09:00-11:00', interests: ['roi'] },
        },
        { lead_id: 'L1', preferences_json: { interests: ['security'] } },
      ]),
    );
    clock.advance(1000);
    await units.run((unit) => memory.rememberPreferences(unit, [{ lead_id: 'L1', industry: 'SaaS' }]));
    expect((await memory.contextOf(database, ['L1'])).long_term).toEqual([
      {
        lead_id: 'L1',
        region: 'EU',
        industry: 'SaaS',
        rfm_score: 0.4,
        preferences_json: { best_contact_time: '09:00-11:00', interests: ['security'] },
        last_updated_at: '2026-03-01T08:00:01.000Z',
      },
    ]);
  });

  it('shows an open unit its own writes through the resource port, and others only what is committed', async () => {
    const search = (access = {}) =>
      resources.search<{ short_term: ShortTermMemory[] }>(
        'cache://memory',
        { lead_ids: ['L1'] },
        { principal: SYSTEM, ...access },
      );
    await units.run(async (unit) => {
      await resources.write('cache://memory', { ...anEntry() }, { principal: SYSTEM, unit });
      expect((await search({ unit })).short_term).toHaveLength(1);
      expect((await database.scope.leave(() => search())).short_term).toHaveLength(0);
    });
    expect((await search()).short_term).toHaveLength(1);
  });

  it('checks what is written through the resource port as any other request', async () => {
    const write = resources.write(
      'kg://graph',
      { subject: 'Email', predicate: 'boosts', object: 'ROI', weight: 7 },
      { principal: SYSTEM },
    );
    await expect(write).rejects.toMatchObject({
      kind: 'invalid',
      errors: [{ path: 'weight', reason: 'must be at most 1' }],
    });
  });

  it('puts the episodes with most of the words first, then those that went best', async () => {
    const episode = (scenario: string, outcome_score: number, notes: string) => ({
      tier: 'episodic' as const,
      scenario,
      outcome_score,
      notes,
      action_sequence_json: ['send_case_study'],
    });
    await units.run(async (unit) => {
      for (const each of [
        episode('churn_risk', 0.9, 'a discount of 100% works'),
        episode('security_review', 0.2, 'needs the security one-pager'),
        episode('security_review', 0.8, 'call the CISO first'),
        episode('budget_blocker', 1, 'wait for the next quarter'),
      ])
        await memory.store(each, { unit, now: NOW });
    });
    const notes = async (request: object) => (await memory.search(request)).episodic.map((each) => each.notes);
    expect(await notes({ text: 'Security one-pager' })).toEqual([
      'needs the security one-pager',
      'call the CISO first',
    ]);
    expect(await notes({ scenario: 'security_review' })).toEqual([
      'call the CISO first',
      'needs the security one-pager',
    ]);
    expect(await notes({ text: '100%' })).toEqual(['a discount of 100% works']);
    expect(await notes({ text: 'case study', min_outcome: 0.9 })).toEqual([
      'wait for the next quarter',
      'a discount of 100% works',
    ]);
    expect(await notes({ text: '%_' })).toEqual([]);
  });

  it('answers with the error when several tiers fail at once, and leaves none of them unheard', async () => {
    await units.run(async (unit) => {
      for (const table of ['memory_short_term', 'memory_long_term', 'memory_facts', 'semantic_kg_triples'])
        await unit.execute(`DROP TABLE ${table}`);
    });
    const unheard: unknown[] = [];
    const note = (reason: unknown) => void unheard.push(reason);
    process.on('unhandledRejection', note);
    try {
      const retrieved = memory.retrieve({ lead_id: 'L1' }, { now: clock.iso() });
      // the driver's errors are made by the first test file of a process, and are no instances of this one's Error
      await expect(retrieved).rejects.toMatchObject({ message: expect.stringContaining('no such table') as string });
      // rejections without a listener are told after the microtasks
      await nextTurn();
    } finally {
      process.off('unhandledRejection', note);
    }
    expect(unheard).toEqual([]);
  });

  it('erases a lead from all four tiers and leaves its neighbours', async () => {
    await units.run(async (unit) => {
      await memory.rememberShortTerm(unit, [anEntry(), anEntry({ conversation_id: 'C2', lead_id: 'L10' })]);
      await memory.rememberPreferences(unit, [{ lead_id: 'L1' }, { lead_id: 'L10' }]);
      for (const lead of ['L1', 'L10']) {
        const context = { unit, now: NOW };
        await memory.store(
          { tier: 'semantic', subject: lead, predicate: 'interested_in', object: 'ROI', weight: 0.5 },
          context,
        );
        await memory.store(
          { tier: 'semantic', subject: 'ROI', predicate: 'convinced', object: lead, weight: 0.5 },
          context,
        );
        await memory.store(
          {
            tier: 'episodic',
            scenario: 'churn_risk',
            action_sequence_json: ['call'],
            outcome_score: 1,
            notes: `worked for ${lead}.`,
          },
          context,
        );
      }
    });
    const forgotten = await units.run((unit) => module.get(LeadMemoryService).forgetLead(unit, 'L1', NOW));
    expect(forgotten).toMatchObject({ lead_id: 'L1', short_term: 1, long_term: 1, episodic: 1, semantic: 2 });
    const kept = async (lead_id: string) =>
      Object.values(await memory.retrieve({ lead_id }, { now: NOW })).map((entries) => entries.length);
    expect(await kept('L1')).toEqual([0, 0, 0, 0]);
    expect(await kept('L10')).toEqual([1, 1, 0, 2]);
    expect((await memory.search({ scenario: 'churn_risk' })).episodic.map(({ notes }) => notes)).toEqual([
      'worked for L10.',
    ]);
  });
});
