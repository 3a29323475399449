import type BetterSqlite3 from 'better-sqlite3';
import type { PoolConfig } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import type { Settings } from '../config/index.js';

/** TypeORM's options for the store that the settings choose. Entities are added by the modules that own them. */
export function dataSourceOptions(settings: Settings): DataSourceOptions {
  const common = { migrations, synchronize: false, logging: false } as const;
  if (settings.databaseUrl) {
    return {
      ...common,
      type: 'postgres',
      url: settings.databaseUrl,
      applicationName: 'herald',
      extra: poolOptions(settings, settings.databasePool),
    };
  }
  settings.ensureDataDir();
  return {
    ...common,
    type: 'better-sqlite3',
    migrationsRun: true,
    database: settings.sqliteFile,
    enableWAL: true,
    prepareDatabase: (database: BetterSqlite3.Database) => {
      database.pragma(`synchronous = ${settings.sqliteSync}`);
      // while it starts; a process that serves must not wait inside a call
      database.pragma('busy_timeout = 5000');
      database.pragma('foreign_keys = ON');
      database.pragma('cache_size = -64000');
      // not in memory: a savepoint's copies of pages would be a list there that each statement with triggers walks
      // from its start, a millisecond a row in a long unit
      database.pragma('temp_store = FILE');
      // 64 MB of log: checkpoints are the checkpointer's to make, and this only bounds what it may leave
      database.pragma('wal_autocheckpoint = 16000');
    },
  };
}

/** A pool on PostgreSQL in which nobody waits for ever: for a connection, a statement, or a unit that stands still. */
export function poolOptions(
  { databaseWaitMs, databaseStatementMs, databaseIdleMs }: Settings,
  connections: number,
): PoolConfig {
  return {
    max: connections,
    connectionTimeoutMillis: databaseWaitMs,
    statement_timeout: databaseStatementMs,
    idle_in_transaction_session_timeout: databaseIdleMs,
  };
}
