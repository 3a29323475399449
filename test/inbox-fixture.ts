import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import pg from 'pg';
import request, { type Response } from 'supertest';
import { ConfigModule, FixedClock, Settings } from '../src/config/index.js';
import { CrmModule } from '../src/crm/index.js';
import { Database, DatabaseModule, type Reader, type Unit, UnitOfWork } from '../src/database/index.js';
import { type AgentDecision, InverseRegistry } from '../src/decisions/index.js';
import { RestModule } from '../src/doors/rest/index.js';
import { LiveEventsModule } from '../src/live-events/index.js';
import { conflict } from '../src/errors/index.js';
import {
  type HeraldRequest,
  type JsonSchema,
  OperationRegistry,
  OperationsModule,
  schemaOf,
} from '../src/operations/index.js';
import { OutboundModule } from '../src/outbound/index.js';
import { EffectRegistry, InboxModule } from '../src/inbox/index.js';
import { QueueModule } from '../src/queue/index.js';
import { OutboxRow } from '../src/queue/outbox-row.entity.js';
import { TelemetryModule } from '../src/telemetry/index.js';
import { Campaign } from '../src/crm/campaigns/campaign.entity.js';

const { HERALD_TEST_DATABASE_URL: postgresUrl } = process.env;

export const START = '2026-03-02T09:00:00.000Z';
const ALL_SCOPES = ['approvals:read', 'approvals:decide', 'decisions:read', 'decisions:undo'];

export const aDecision = (changes: Partial<AgentDecision> = {}): AgentDecision => ({
  agent_id: 'OP-001',
  agent_type: 'Optimizer',
  kind: 'campaign.optimize',
  subject: { type: 'campaign', id: 'CMP0001' },
  policy: { name: 'spend-rule', version: '1' },
  seed: 'seed-1',
  inputs: { roas: 3.1, budget: 100 },
  facts: [{ id: 'CMP0001', valid_at: START, source: 'db://campaigns' }],
  outcome: { daily_budget_usd: 120 },
  choice: 'raise the budget',
  confidence: 0.875,
  alternatives: [
    { choice: 'raise the budget', score: 0.8 },
    { choice: 'keep the budget', score: 0.25 },
  ],
  reasons: ['ROAS of 3.1 is above 2'],
  expected_effect: { metric: 'roas', estimate: 3, interval: [2.5, 3.4] },
  ...changes,
});

/** The effect and the inverse of the tests: a campaign's daily budget. */
interface BudgetEffect {
  campaign_id: string;
  daily_budget_usd: number;
}

/**
 * The inbox and the ledger with what is below them, on a clock that stands still; the queue is off. On PostgreSQL
 * where HERALD_TEST_DATABASE_URL is set.
 */
export class HeraldInbox {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly clock: FixedClock,
    private readonly dataDir: string,
  ) {}

  static async start(): Promise<HeraldInbox> {
    const dataDir = mkdtempSync(join(tmpdir(), 'herald-inbox-'));
    const clock = new FixedClock(START);
    const database = postgresUrl ? { DATABASE_URL: await createPostgresDatabase(dataDir) } : {};
    const settings = new Settings({ HERALD_DATA_DIR: dataDir, LOG_LEVEL: 'silent', ...database }, 'off');
    const imports = [
      ConfigModule.with(settings, clock),
      TelemetryModule,
      DatabaseModule,
      QueueModule,
      OperationsModule,
      LiveEventsModule,
      OutboundModule,
      CrmModule,
      InboxModule,
    ];
    const module = await Test.createTestingModule({ imports: [...imports, RestModule.over(imports)] }).compile();
    const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    const http = app.getHttpAdapter().getInstance();
    // stands in for the auth guard: the caller that the test names
    http.addHook('onRequest', async (incoming: HeraldRequest) => {
      const id = String(incoming.headers['x-test-caller'] ?? 'usr_ada');
      const kind = id.startsWith('usr_') ? 'user' : 'agent';
      incoming.principal = {
        id,
        kind,
        name: id,
        scopes: new Set(String(incoming.headers['x-test-scopes'] ?? ALL_SCOPES.join(' ')).split(' ')),
      };
    });
    await app.init();
    await http.ready();
    const herald = new HeraldInbox(app, clock, dataDir);
    herald.registerBudgets();
    await herald.write((unit) =>
      unit
        .of(Campaign)
        .insert({
          campaign_id: 'CMP0001',
          name: 'Spring',
          objective: 'lead_gen',
          start_date: START,
          channel_mix: ['Email'],
          daily_budget_usd: 100,
          total_budget_usd: 9_000,
          target_personas: [],
          kpi: 'roas',
        }),
    );
    return herald;
  }

  async end(): Promise<void> {
    await this.app.close();
    if (postgresUrl) await onPostgres(`DROP DATABASE "${basename(this.dataDir)}" WITH (FORCE)`);
    rmSync(this.dataDir, { recursive: true });
  }

  write<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.app.get(UnitOfWork).run(work);
  }

  get database(): Database {
    return this.app.get(Database);
  }

  async get(path: string, query: object = {}): Promise<Response> {
    return request(this.app.getHttpServer()).get(`/api/v1${path}`).query(query);
  }

  async post(path: string, body: object = {}, headers: Record<string, string> = {}): Promise<Response> {
    return request(this.app.getHttpServer()).post(`/api/v1${path}`).set(headers).send(body);
  }

  async budget(): Promise<number> {
    return (await this.database.of(Campaign).get('CMP0001'))!.daily_budget_usd;
  }

  setBudget(daily_budget_usd: number): Promise<number> {
    return this.write((unit) => unit.of(Campaign).update({ campaign_id: 'CMP0001' }, { daily_budget_usd }));
  }

  async outbox(topic: string): Promise<unknown[]> {
    return (await this.database.of(OutboxRow).find({ topic }, { order: { outbox_id: 'asc' } })).map(
      ({ payload }) => payload,
    );
  }

  /** What is wrong with an answer by the schema of its operation; null if nothing is. */
  offSchema(operation: string, answer: unknown): unknown {
    const inline = (type: new () => object): JsonSchema => schemaOf(type, inline, { isClosed: true });
    const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
    return ajv.validate(inline(this.app.get(OperationRegistry).get(operation).response), answer) ? null : ajv.errors;
  }

  private registerBudgets(): void {
    const read = async (reader: Reader, campaign_id: string) => {
      const [campaign] = await reader.of(Campaign).find({ campaign_id });
      return campaign && { daily_budget_usd: campaign.daily_budget_usd, status: campaign.status };
    };
    this.app.get(EffectRegistry).register('campaign.set_budget', {
      readState: async (unit, { campaign_id }: BudgetEffect) => (await read(unit, campaign_id)) ?? null,
      async execute(unit, { campaign_id, daily_budget_usd }: BudgetEffect) {
        const before = (await read(unit, campaign_id))!;
        await unit.of(Campaign).update({ campaign_id }, { daily_budget_usd });
        if (daily_budget_usd > 1_000) throw conflict('over_plan', 'the plan has only 1000 a day');
        const inverse = {
          type: 'campaign.set_budget',
          campaign_id,
          daily_budget_usd: before.daily_budget_usd,
          expects: { daily_budget_usd },
        };
        return { result: { daily_budget_usd }, inverse };
      },
    });
    this.app.get(InverseRegistry).register('campaign.set_budget', {
      keyOf: ({ campaign_id }) => campaign_id as string,
      readStates: (unit, inverses) => Promise.all(inverses.map(({ campaign_id }) => read(unit, campaign_id as string))),
      leaves: (state, { daily_budget_usd }) => ({ ...state, daily_budget_usd }),
      apply: async (unit, { campaign_id, daily_budget_usd }) => {
        await unit
          .of(Campaign)
          .update({ campaign_id: campaign_id as string }, { daily_budget_usd: daily_budget_usd as number });
      },
    });
  }
}

async function createPostgresDatabase(dataDir: string): Promise<string> {
  await onPostgres(`CREATE DATABASE "${basename(dataDir)}"`);
  const url = new URL(postgresUrl!);
  url.pathname = `/${basename(dataDir)}`;
  return url.href;
}

async function onPostgres(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
