import { DataSource, type DataSourceOptions, MigrationExecutor } from 'typeorm';

/** Any number that the processes of one database agree on. */
const MIGRATION_LOCK = 7_246_253;

/**
 * Connects and runs the migrations. Of several processes that start at once on one PostgreSQL, one runs them and the
 * others wait.
 */
export async function openDataSource(options: DataSourceOptions): Promise<DataSource> {
  const dataSource = new DataSource(options);
  if (options.type !== 'postgres') return dataSource.initialize();
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: options.url });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.initialize();
    await migrateWithoutHurry(dataSource);
    return dataSource;
  } finally {
    // closing the session gives the lock back
    await client.end();
  }
}

/** A migration of a large table may take longer than any other statement. */
async function migrateWithoutHurry(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SET statement_timeout = 0');
    await new MigrationExecutor(dataSource, runner).executePendingMigrations();
    await runner.query('RESET statement_timeout');
  } finally {
    await runner.release();
  }
}
