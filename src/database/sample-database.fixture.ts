import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import pg from 'pg';
import { Entity } from 'typeorm';
import { ConfigModule, Settings } from '../config/index.js';
import { TelemetryModule } from '../telemetry/index.js';
import { Bool, Id, Int, Json, Money, Real, Ref, Timestamp } from './columns.js';
import { DatabaseModule } from './database.module.js';
import { Database } from './database.js';
import { UnitOfWork } from './unit-of-work.js';

/** A row with a column of each kind, for tests. */
@Entity('samples')
export class Sample {
  @Id() sample_id!: string;
  @Ref({ nullable: true }) kind!: string | null;
  @Timestamp({ default: '2026-01-01T00:00:00.000Z' }) at!: string;
  @Int({ default: 0 }) count!: number;
  @Real({ nullable: true }) share!: number | null;
  @Money({ nullable: true }) cost_usd!: number | null;
  @Bool({ default: false }) is_on!: boolean;
  @Json({ nullable: true }) details!: unknown;
}

/** A row whose key is two columns. */
@Entity('pairs')
export class Pair {
  @Id() one!: string;
  @Id() two!: string;
  @Int() count!: number;
}

const TABLES = [
  `CREATE TABLE samples (sample_id varchar PRIMARY KEY, kind varchar, at varchar NOT NULL, count integer NOT NULL, share double precision,
     cost_usd decimal(18,6), is_on boolean NOT NULL, details json)`,
  'CREATE TABLE pairs (one varchar, two varchar, count integer NOT NULL, PRIMARY KEY (one, two))',
];

const server = process.env.HERALD_TEST_DATABASE_URL;

/** The dialects that can be tested here: PostgreSQL where HERALD_TEST_DATABASE_URL is set. */
export const DIALECTS: readonly ('sqlite' | 'postgres')[] = server ? ['sqlite', 'postgres'] : ['sqlite'];

/** A database of its own with the two tables of this file beside Herald's. */
export async function openSampleDatabase(dialect: 'sqlite' | 'postgres', env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'herald-database-'));
  const name = `herald_unit_${randomBytes(6).toString('hex')}`;
  const url = server && new URL(server);
  if (dialect === 'postgres') {
    await onServer(`CREATE DATABASE ${name}`);
    (url as URL).pathname = `/${name}`;
  }
  const settings = new Settings({
    HERALD_DATA_DIR: folder,
    LOG_LEVEL: 'silent',
    ...env,
    ...(dialect === 'postgres' && { DATABASE_URL: (url as URL).href }),
  });
  const app = await Test.createTestingModule({
    imports: [ConfigModule.with(settings), TelemetryModule, DatabaseModule, TypeOrmModule.forFeature([Sample, Pair])],
  }).compile();
  await app.init();
  const uow = app.get(UnitOfWork);
  await uow.run(async (unit) => {
    for (const table of TABLES) await unit.execute(table);
  });
  return {
    database: app.get(Database),
    uow,
    /** On SQLite. */
    file: settings.sqliteFile,
    close: async () => {
      await app.close();
      if (dialect === 'postgres') await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
      rmSync(folder, { recursive: true });
    },
  };
}

export type SampleDatabase = Awaited<ReturnType<typeof openSampleDatabase>>;

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
