import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import request from 'supertest';
import { AdminBootstrap, AuthModule } from '../src/auth/index.js';
import { ConfigModule, FixedClock, Settings } from '../src/config/index.js';
import { CrmModule } from '../src/crm/index.js';
import { Database, DatabaseModule, UnitOfWork, lte } from '../src/database/index.js';
import { RestModule } from '../src/doors/rest/index.js';
import { LiveEventsModule } from '../src/live-events/index.js';
import { OperationsModule } from '../src/operations/index.js';
import { type MessageWish, Outreach, OutreachModule } from '../src/outreach/index.js';
import { OutboundModule } from '../src/outbound/index.js';
import { QueueModule } from '../src/queue/index.js';
import { OutboxRow } from '../src/queue/outbox-row.entity.js';
import { jobIdOf } from '../src/queue/delivery.js';
import { JobProcessor } from '../src/queue/job-processor.js';
import { TelemetryModule } from '../src/telemetry/index.js';
import { Interaction } from '../src/crm/conversations/interaction.entity.js';
import { Lead } from '../src/crm/leads/lead.entity.js';
import { Message } from '../src/outreach/message.entity.js';
import { Suppression } from '../src/outreach/suppression.entity.js';

/** Where set, the tests run on PostgreSQL, each in a database of its own. */
const { HERALD_TEST_DATABASE_URL: postgresUrl } = process.env;
const PASSWORD = 'a long enough password';
/** A Wednesday, noon in Berlin. */
export const NOON = '2026-01-14T11:00:00.000Z';

export const aLead = (changes: Partial<Lead> = {}): Partial<Lead> => ({
  lead_id: 'L1',
  created_at: NOON,
  source: 'Website',
  campaign_id: 'CMP0001',
  lead_status: 'Open',
  region: 'EU',
  gdpr_consent: true,
  preferred_channel: 'Email',
  email: 'ada@example.com',
  phone: '+49 30 123456',
  ...changes,
});

export const aWish = (changes: Partial<MessageWish> = {}): MessageWish => ({
  lead_id: 'L1',
  channel: 'Email',
  subject: 'Hello',
  body: 'Hello Ada',
  origin: 'EN-001',
  ...changes,
});

interface StartChoice {
  environment?: Record<string, string>;
  now?: string;
  dataDir?: string;
}

/**
 * Outreach with everything below it, on a clock that stands still. The queue is off: `drain` does its work, one job
 * after the other.
 */
export class HeraldOutreach {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly clock: FixedClock,
    readonly dataDir: string,
    readonly key: string,
  ) {}

  /** @param dataDir of the process before, to go on from what it left */
  static async start({ environment = {}, now = NOON, dataDir }: StartChoice = {}): Promise<HeraldOutreach> {
    const isNew = dataDir === undefined;
    dataDir ??= mkdtempSync(join(tmpdir(), 'herald-outreach-'));
    const clock = new FixedClock(now);
    const settings = new Settings(
      {
        HERALD_DATA_DIR: dataDir,
        HERALD_ADMIN_PASSWORD: PASSWORD,
        HERALD_PUBLIC_URL: 'https://herald.example.org',
        HERALD_SANDBOX: '1',
        LOG_LEVEL: 'silent',
        ...(postgresUrl && { DATABASE_URL: await postgresFor(dataDir, isNew) }),
        ...environment,
      },
      'off',
    );
    const imports = [
      ConfigModule.with(settings, clock),
      TelemetryModule,
      DatabaseModule,
      QueueModule,
      OperationsModule,
      LiveEventsModule,
      OutboundModule,
      AuthModule,
      CrmModule,
      OutreachModule,
    ];
    const module = await Test.createTestingModule({ imports: [...imports, RestModule.over(imports)] }).compile();
    const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    await app.get(AdminBootstrap).ensure();
    const { body } = await request(app.getHttpServer())
      .post('/api/v1/auth/login')
      .send({ email: settings.adminEmail, password: PASSWORD });
    // a key, as tokens expire when a test moves the clock
    const scopes = ['leads:write', 'messages:read', 'messages:write'];
    const key = await request(app.getHttpServer())
      .post('/api/v1/api-keys')
      .set('Authorization', `Bearer ${body.access_token}`)
      .send({ name: 'test', scopes });
    return new HeraldOutreach(app, clock, dataDir, key.body.key);
  }

  /** Ends the process, so to say; the data stays for the next one. */
  stop(): Promise<void> {
    return this.app.close();
  }

  async end(): Promise<void> {
    await this.stop();
    if (postgresUrl) await onPostgres(`DROP DATABASE "${databaseName(this.dataDir)}"`);
    rmSync(this.dataDir, { recursive: true });
  }

  http() {
    return request(this.app.getHttpServer());
  }

  get(path: string) {
    return this.http().get(path).set('X-API-Key', this.key);
  }

  post(path: string, body: object = {}) {
    return this.http().post(path).set('X-API-Key', this.key).send(body);
  }

  delete(path: string) {
    return this.http().delete(path).set('X-API-Key', this.key);
  }

  get uow(): UnitOfWork {
    return this.app.get(UnitOfWork);
  }

  get database(): Database {
    return this.app.get(Database);
  }

  addLeads(...leads: Partial<Lead>[]): Promise<void> {
    return this.uow.run((unit) => unit.of(Lead).insert(leads));
  }

  plan(...wishes: MessageWish[]): Promise<Message[]> {
    return this.uow.run((unit) => this.app.get(Outreach).plan(unit, wishes));
  }

  async message(messageId: string): Promise<Message> {
    return (await this.database.of(Message).get(messageId))!;
  }

  async statuses(): Promise<string[]> {
    return (await this.database.of(Message).find({}, { order: { message_id: 'asc' } })).map(({ status }) => status);
  }

  interactions(): Promise<Interaction[]> {
    return this.database.of(Interaction).find({}, { order: { interaction_id: 'asc' } });
  }

  suppressions(): Promise<Suppression[]> {
    return this.database.of(Suppression).find();
  }

  due(): Promise<OutboxRow[]> {
    return this.database
      .of(OutboxRow)
      .find(
        { topic: 'message.dispatch', status: 'open', available_at: lte(this.clock.iso()) },
        { order: { available_at: 'asc', outbox_id: 'asc' } },
      );
  }

  /** Works on jobs of one topic together. */
  async work(...rows: OutboxRow[]): Promise<void> {
    await this.app
      .get(JobProcessor, { strict: false })
      .process(rows[0]!.topic, rows.map(jobIdOf), this.clock.now().getTime());
  }

  /** Works on all that is due, and on what becomes due thereby. */
  async drain(): Promise<void> {
    for (let rows = await this.due(); rows.length > 0; rows = await this.due()) {
      for (const row of rows) await this.work(row);
    }
  }

  /** Moves the clock to an instant and works on what is due then. */
  async drainAt(instant: string): Promise<void> {
    this.clock.set(instant);
    await this.drain();
  }
}

const databaseName = (dataDir: string): string => basename(dataDir).toLowerCase();

async function postgresFor(dataDir: string, isNew: boolean): Promise<string> {
  if (isNew) await onPostgres(`CREATE DATABASE "${databaseName(dataDir)}"`);
  const url = new URL(postgresUrl!);
  url.pathname = `/${databaseName(dataDir)}`;
  return url.href;
}

async function onPostgres(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
