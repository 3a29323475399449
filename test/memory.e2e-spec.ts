import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { ConfigModule, Settings } from '../src/config/index.js';
import { DatabaseModule } from '../src/database/index.js';
import { RestModule } from '../src/doors/rest/index.js';
import { MemoryModule } from '../src/memory/index.js';
import { LiveEventsModule } from '../src/live-events/index.js';
import { type HeraldRequest, OperationsModule, SYSTEM } from '../src/operations/index.js';
import { QueueModule } from '../src/queue/index.js';
import { TelemetryModule } from '../src/telemetry/index.js';

describe('memory over REST', () => {
  let app: NestFastifyApplication;
  let dataDir: string;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'herald-memory-'));
    const config = ConfigModule.with(new Settings({ HERALD_DATA_DIR: dataDir, LOG_LEVEL: 'silent' }, 'off'));
    const imports = [
      config,
      TelemetryModule,
      DatabaseModule,
      QueueModule,
      OperationsModule,
      LiveEventsModule,
      MemoryModule,
    ];
    const module = await Test.createTestingModule({ imports: [...imports, RestModule.over(imports)] }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    const http = app.getHttpAdapter().getInstance();
    // stands in for the auth guard: the scopes that the test names
    http.addHook('onRequest', async (incoming: HeraldRequest) => {
      incoming.principal = {
        ...SYSTEM,
        scopes: new Set(String(incoming.headers['x-test-scopes'] ?? 'memory:rw').split(' ')),
      };
    });
    await app.init();
    await http.ready();
  });

  afterAll(async () => {
    await app.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const store = (body: object) => request(app.getHttpServer()).post('/api/v1/memory').send(body);
  const retrieve = (query: object) => request(app.getHttpServer()).get('/api/v1/memory').query(query);
  const search = (query: object) => request(app.getHttpServer()).get('/api/v1/memory/search').query(query);
  const ofConversation = {
    tier: 'short_term',
    conversation_id: 'C1',
    lead_id: 'L1',
    last_utterance_summary: 'timeline Q3',
    active_intent: 'negotiate',
    slots_json: { budget: 10 },
  };

  it('gives back in each tier what was stored there', async () => {
    const short = await store({ ...ofConversation, ttl_seconds: 3600 }).expect(201);
    expect(short.body).toMatchObject({ tier: 'short_term', memory_id: 'C1' });
    expect(Date.parse(short.body.expires_at) - Date.parse(short.body.stored_at)).toBe(3_600_000);
    const long = await store({
      tier: 'long_term',
      lead_id: 'L1',
      preferences_json: { preferred_channels: ['Email'] },
    }).expect(201);
    expect(long.body).toMatchObject({ memory_id: 'L1', expires_at: null });
    await store({ tier: 'semantic', subject: 'L1', predicate: 'interested_in', object: 'roadmap', weight: 0.7 }).expect(
      201,
    );
    await store({
      tier: 'episodic',
      scenario: 'churn_risk',
      action_sequence_json: ['call', 'offer_trial'],
      outcome_score: 0.9,
    }).expect(201);

    const { body } = await retrieve({ lead_id: 'L1' }).expect(200);
    expect(body.short_term).toEqual([expect.objectContaining({ conversation_id: 'C1', slots_json: { budget: 10 } })]);
    expect(body.long_term).toEqual([
      expect.objectContaining({ region: null, rfm_score: 0, preferences_json: { preferred_channels: ['Email'] } }),
    ]);
    expect(body.semantic).toEqual([expect.objectContaining({ object: 'roadmap', weight: 0.7, source: 'api' })]);
    expect(body.episodic).toEqual([]);
    expect((await search({ text: 'offer trial' }).expect(200)).body.episodic).toEqual([
      expect.objectContaining({ scenario: 'churn_risk', notes: '' }),
    ]);
    expect((await retrieve({ lead_id: 'L1', tier: 'long_term' }).expect(200)).body).toMatchObject({
      short_term: [],
      semantic: [],
    });
  });

  it('raises the weight of a triple that the same source states again', async () => {
    const triple = { tier: 'semantic', subject: 'Email', predicate: 'boosts', object: 'ROI', source: 'analyst' };
    const first = await store({ ...triple, weight: 0.2 }).expect(201);
    const second = await store({ ...triple, weight: 0.9 }).expect(201);
    expect(second.body.memory_id).toBe(first.body.memory_id);
    expect((await search({ subject: 'Email', predicate: 'boosts' }).expect(200)).body.semantic).toEqual([
      expect.objectContaining({ weight: expect.closeTo(0.92, 6) }),
    ]);
  });

  it('keeps of a triple its types, when it holds and what it was learned from, and counts an origin once', async () => {
    const triple = {
      tier: 'semantic',
      subject: 'Acme',
      subject_type: 'company',
      predicate: 'reports_to',
      object: 'Bolt',
      object_type: 'company',
      weight: 0.5,
    };
    const told = { ...triple, valid_from: '2026-01-01T00:00:00.000Z', lead_id: 'L3', source_id: 'call-1' };
    await store(told).expect(201);
    await store(told).expect(201);
    const graph = (query: object) =>
      request(app.getHttpServer())
        .get('/api/v1/graph/search')
        .query({ subject: 'Acme', with_provenance: true, ...query })
        .expect(200);
    expect((await graph({})).body.triples).toEqual([
      expect.objectContaining({
        object: 'Bolt',
        subject_type: 'company',
        object_type: 'company',
        weight: 0.5,
        evidence_count: 1,
        valid_from: told.valid_from,
        valid_to: null,
        provenance: [expect.objectContaining({ kind: 'call', ref_id: 'call-1', lead_id: 'L3', weight: 0.5 })],
      }),
    ]);
    // a subject reports to one at a time: the old triple ends where the new one begins
    await store({ ...triple, object: 'Corp', valid_from: '2026-02-01T00:00:00.000Z' }).expect(201);
    expect((await search({ subject: 'Acme' }).expect(200)).body.semantic).toEqual([
      expect.objectContaining({ object: 'Corp', valid_to: null }),
    ]);
    expect((await graph({ at: '2026-01-31T23:59:59.999Z' })).body.triples).toEqual([
      expect.objectContaining({ object: 'Bolt', valid_to: '2026-02-01T00:00:00.000Z' }),
    ]);
  });

  it.each([
    [{ tier: 'short_term', conversation_id: 'C9' }, ['lead_id', 'last_utterance_summary', 'active_intent']],
    [{ tier: 'long_term', lead_id: 'L1', scenario: 'churn_risk' }, ['scenario']],
    [{ ...ofConversation, ttl_seconds: 59 }, ['ttl_seconds']],
    [{ tier: 'semantic', subject: 'a', predicate: 'b', object: 'c', weight: 1.1 }, ['weight']],
    [
      {
        tier: 'semantic',
        subject: 'a',
        predicate: 'b',
        object: 'c',
        weight: 1,
        valid_from: '2026-01-02T00:00:00Z',
        valid_to: '2026-01-01T00:00:00Z',
      },
      ['valid_to'],
    ],
    [{ tier: 'forever' }, ['tier']],
  ])('refuses %j and names what is wrong', async (body, paths) => {
    const { body: problem } = await store(body)
      .expect(400)
      .expect('Content-Type', /application\/problem\+json/);
    expect(problem.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
  });

  it('refuses to read without saying what, and a tier by a field that it does not know', async () => {
    await retrieve({}).expect(400);
    await search({}).expect(400);
    const { body } = await retrieve({ tier: 'long_term', conversation_id: 'C1' }).expect(400);
    expect(body.errors).toEqual([{ path: 'conversation_id', reason: 'long_term memory is read by lead_id' }]);
  });

  it("does not let one lead take over another lead's conversation", async () => {
    await store({ ...ofConversation, conversation_id: 'C7' }).expect(201);
    const { body } = await store({ ...ofConversation, conversation_id: 'C7', lead_id: 'L2' }).expect(409);
    expect(body.code).toBe('conversation_of_another_lead');
  });

  it('asks for memory:rw', async () => {
    await retrieve({ lead_id: 'L1' }).set('X-Test-Scopes', 'leads:read').expect(403);
  });
});
