import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrations } from '../migrations/index.js';
import { startApp } from './app.js';

/** All entities of the application: those that its modules registered. */
async function entities(): Promise<DataSourceOptions['entities']> {
  const herald = await startApp();
  try {
    return herald.app.get(DataSource).entityMetadatas.map(({ target }) => target as never);
  } finally {
    await herald.stop();
  }
}

let all: DataSourceOptions['entities'];
beforeAll(async () => (all = await entities()));

interface EmptyDatabase {
  options: DataSourceOptions;
  drop(): Promise<void>;
}

const server = process.env.HERALD_TEST_DATABASE_URL;

const onSqlite = async (): Promise<EmptyDatabase> => {
  const folder = mkdtempSync(join(tmpdir(), 'herald-migrations-'));
  return {
    options: { type: 'better-sqlite3', database: join(folder, 'herald.sqlite') },
    drop: async () => rmSync(folder, { recursive: true }),
  };
};

const onPostgres = async (): Promise<EmptyDatabase> => {
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  const name = `herald_migrations_${process.pid}`;
  await run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(server!);
  url.pathname = `/${name}`;
  return { options: { type: 'postgres', url: url.href }, drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) };
};

describe.each([
  ['SQLite', onSqlite, true],
  ['PostgreSQL (skipped where HERALD_TEST_DATABASE_URL is not set)', onPostgres, server !== undefined],
])('the migrations on %s', (_, make, isHere) => {
  let database: EmptyDatabase;
  let dataSource: DataSource;
  const here = isHere ? it : it.skip;

  beforeEach(async () => {
    if (!isHere) return;
    database = await make();
    dataSource = await new DataSource({
      ...database.options,
      entities: all,
      migrations,
    } as DataSourceOptions).initialize();
  });
  afterEach(async () => {
    if (!isHere) return;
    await dataSource.destroy();
    await database.drop();
  });

  here('make the tables that the entities describe, no more and no less', async () => {
    const done = await dataSource.runMigrations();
    expect(done).toHaveLength(migrations.length);
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    expect(await tables()).toEqual(
      [...dataSource.entityMetadatas.map(({ tableName }) => tableName), 'migrations'].sort(),
    );
    expect(await dataSource.runMigrations()).toEqual([]);
  });

  here('can be taken back, and made again', async () => {
    await dataSource.runMigrations();
    for (let index = 0; index < migrations.length; index++) await dataSource.undoLastMigration();
    expect(await tables()).toEqual(['migrations']);
    expect(await dataSource.runMigrations()).toHaveLength(migrations.length);
  });

  async function tables(): Promise<string[]> {
    const sql =
      dataSource.options.type === 'postgres'
        ? `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`
        : `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`;
    const names = (await dataSource.query<{ name: string }[]>(sql)).map(({ name }) => name).sort();
    // full-text indexes, which on SQLite are several tables each, belong to no entity
    return names.filter((name) => !/_fts(_\w+)?$/.test(name));
  }
});
