import type { INestApplicationContext, ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Redis } from 'ioredis';
import pg from 'pg';
import { ConfigModule, Settings } from '../../src/config/index.js';
import { Database, DatabaseModule, type Unit, UnitOfWork } from '../../src/database/index.js';
import { type JobHandler, JobHandlers, Outbox, type OutboxItem, QueueModule, Queues } from '../../src/queue/index.js';
import { OutboxRow } from '../../src/queue/outbox-row.entity.js';
import { TelemetryModule } from '../../src/telemetry/index.js';

type Environment = Record<string, string>;

/** One of the three stores, as a test sees it. */
export interface StoreUnderTest {
  name: string;
  /** Why it cannot be tested here, if so. */
  missing?: string;
  /** Empty databases. @returns the settings that choose the store */
  prepare(): Promise<Environment>;
  /** What a careless operator does: the queue is gone, the SQL database is not. */
  lose(): Promise<void>;
}

const { HERALD_TEST_DATABASE_URL: databaseUrl, HERALD_TEST_REDIS_URL: redisUrl } = process.env;

const embedded: StoreUnderTest = {
  name: 'embedded',
  prepare: async () => ({}),
  // it is in memory, and went with its process
  lose: async () => undefined,
};

const postgres: StoreUnderTest = {
  name: 'postgres',
  missing: databaseUrl ? undefined : 'HERALD_TEST_DATABASE_URL is not set',
  prepare: async () => {
    await onPostgres(
      'DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS bullmq CASCADE',
    );
    return { DATABASE_URL: databaseUrl! };
  },
  lose: () => onPostgres('DROP SCHEMA bullmq CASCADE'),
};

const redis: StoreUnderTest = {
  name: 'redis',
  missing: databaseUrl && redisUrl ? undefined : 'HERALD_TEST_DATABASE_URL and HERALD_TEST_REDIS_URL are not both set',
  prepare: async () => {
    await redis.lose();
    return { ...(await postgres.prepare()), REDIS_URL: redisUrl! };
  },
  lose: async () => {
    const client = new Redis(redisUrl!);
    const keys = await client.keys('bull:herald.*');
    if (keys.length > 0) await client.del(...keys);
    await client.quit();
  },
};

export const STORES: readonly StoreUnderTest[] = [embedded, postgres, redis];

async function onPostgres(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** A running queue with its database, and the few things that tests do to it. */
export class QueueUnderTest {
  private constructor(
    readonly app: INestApplicationContext,
    readonly database: Database,
    readonly uow: UnitOfWork,
    readonly outbox: Outbox,
    readonly queues: Queues,
  ) {}

  /**
   * @param settings overrides what the environment may not say, such as a role without workers on the embedded store
   */
  static async start(
    environment: Environment,
    handlers: Record<string, JobHandler>,
    settings: Partial<Settings> = {},
    modules: NonNullable<ModuleMetadata['imports']> = [],
  ): Promise<QueueUnderTest> {
    const chosen = Object.assign(new Settings({ LOG_LEVEL: 'silent', ...environment }), settings);
    const imports = [ConfigModule.with(chosen), TelemetryModule, DatabaseModule, QueueModule, ...modules];
    const module = await Test.createTestingModule({ imports }).compile();
    const uow = module.get(UnitOfWork);
    await uow.run((unit) => unit.execute('CREATE TABLE IF NOT EXISTS test_effect (job_key varchar, attempt integer)'));
    for (const [topic, handler] of Object.entries(handlers)) module.get(JobHandlers).register(topic, handler);
    await module.init();
    return new QueueUnderTest(module, module.get(Database), uow, module.get(Outbox), module.get(Queues));
  }

  add(...items: OutboxItem[]): Promise<number> {
    return this.uow.run((unit) => this.outbox.add(unit, items));
  }

  /** Everything done that is due or falls due within two seconds, retries included. */
  settle(): Promise<void> {
    return this.queues.idle({ withinMs: 2_000, timeoutMs: 30_000 });
  }

  async row(key: string): Promise<OutboxRow> {
    const [row] = await this.database.of(OutboxRow).find({ idempotency_key: key });
    return row!;
  }

  count(status: OutboxRow['status']): Promise<number> {
    return this.database.of(OutboxRow).count({ status });
  }

  /** The keys whose effect is recorded, in order of recording, repetitions included. */
  async effects(): Promise<string[]> {
    return (await this.database.query('SELECT job_key FROM test_effect')).map((row) => row.job_key as string);
  }

  stop(): Promise<void> {
    return this.app.close();
  }
}

/** Records an effect that a second run would double. */
export async function recordEffect(unit: Unit, { key, attempt }: { key: string; attempt: number }): Promise<void> {
  await unit.execute('INSERT INTO test_effect (job_key, attempt) VALUES (?, ?)', [key, attempt]);
}
