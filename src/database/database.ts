import { createRequire } from 'node:module';
import { Injectable } from '@nestjs/common';
import BetterSqlite3 from 'better-sqlite3';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { Settings } from '../config/index.js';
import { HealthRegistry, Log } from '../telemetry/index.js';
import { type Connection, PostgresConnection, SqliteConnection, type SqlRow } from './connection.js';
import { poolOptions } from './data-source.js';
import type { Reader } from './reader.js';
import { ReaderThread } from './reader-thread.js';
import { ReadRows } from './rows.js';
import { type Dialect, type EntityClass, type TableShape, shapeOf } from './table-shape.js';
import { UnitScope } from './unit-scope.js';
import { WalCheckpointer } from './wal-checkpointer.js';

/** At most so much of the file is mapped. It counts as resident, and is the system’s own cache. */
const READER_MAP_BYTES = 2 ** 30;

/**
 * Reading, outside of any unit; inside one it refuses. On SQLite through a second, read-only connection, so that nobody
 * sees the rows of a unit that is still open; on PostgreSQL through a pool of its own, so that reads are answered while
 * all of the units' connections are taken.
 */
@Injectable()
export class Database implements Reader {
  readonly dialect: Dialect;
  /** Who is inside a unit. */
  readonly scope: UnitScope;
  private readonly reader: Connection;
  private readonly closeReader: () => Promise<void>;
  private readonly lastActions: (() => Promise<void>)[] = [];
  private readonly checkpointer: WalCheckpointer | undefined;
  /** For reports, and for lists, which do not wait for reports. */
  private readonly reportThread: ReaderThread | undefined;
  private readonly listThread: ReaderThread | undefined;
  private sqliteWriter: SqliteConnection | undefined;

  constructor(
    private readonly dataSource: DataSource,
    settings: Settings,
    health: HealthRegistry,
    log: Log,
  ) {
    this.dialect = dataSource.options.type === 'postgres' ? 'postgres' : 'sqlite';
    this.scope = new UnitScope(this.dialect === 'postgres' || process.env.NODE_ENV === 'test');
    if (this.dialect === 'postgres') {
      const { Pool } = createRequire(import.meta.url)('pg') as typeof pg;
      const pool = new Pool({
        connectionString: settings.databaseUrl,
        application_name: 'herald reads',
        ...poolOptions(settings, settings.databaseReadPool),
      });
      // of connections that nobody uses at the moment; the next to ask gets a new one
      pool.on('error', (error) => log.warn({ err: error }, 'a connection to the database broke'));
      this.reader = new PostgresConnection(pool);
      this.closeReader = () => pool.end();
    } else {
      const file = dataSource.options.database as string;
      const reader = openReader(file, settings.databaseWaitMs);
      this.reader = reader;
      this.closeReader = async () => void reader.database.close();
      this.checkpointer = new WalCheckpointer(file);
      this.reportThread = new ReaderThread(file);
      this.listThread = new ReaderThread(file);
    }
    this.closeAfterLastActions();
    health.register('database', async () => void (await this.query('SELECT 1 AS ok')));
  }

  of<T extends object>(entity: EntityClass<T>): ReadRows<T> {
    this.scope.refuseInside();
    return new ReadRows(this.reader, this.shapeOf(entity), this.listThread);
  }

  async query(sql: string, params: readonly unknown[] = []): Promise<SqlRow[]> {
    this.scope.refuseInside();
    return this.reader.query(sql, params);
  }

  /** For questions that go over whole tables: on SQLite they are answered beside the main thread. */
  get aside(): Reader {
    const query = async (sql: string, params: readonly unknown[] = []) => {
      this.scope.refuseInside();
      return (this.reportThread ?? this.reader).query(sql, params);
    };
    return {
      dialect: this.dialect,
      query,
      of: (entity) => new ReadRows({ dialect: this.dialect, query }, this.shapeOf(entity)),
    };
  }

  queryAside(sql: string, params: readonly unknown[] = []): Promise<SqlRow[]> {
    return this.aside.query(sql, params);
  }

  shapeOf(entity: EntityClass<object>): TableShape {
    return shapeOf(this.dataSource, entity, this.dialect);
  }

  /** Runs at the very end, when nothing else writes any more and the connection is still open. */
  beforeClose(action: () => Promise<void>): void {
    this.lastActions.push(action);
  }

  /** TypeORM's own connection, for the unit of work only. */
  get writer(): SqliteConnection {
    const { databaseConnection } = this.dataSource.driver as unknown as { databaseConnection: BetterSqlite3.Database };
    return (this.sqliteWriter ??= new SqliteConnection(databaseConnection));
  }

  /** To be called by the unit of work after each commit on SQLite. */
  noteCommit(): void {
    this.checkpointer?.committed(this.writer.changes);
  }

  /** TypeORM's own connections, for the unit of work only. */
  get pool(): pg.Pool {
    return (this.dataSource.driver as unknown as { master: pg.Pool }).master;
  }

  /**
   * The framework closes TypeORM's connection in an order of its own, so what has to come before is tied to the
   * closing itself.
   */
  private closeAfterLastActions(): void {
    const destroy = this.dataSource.destroy.bind(this.dataSource);
    this.dataSource.destroy = async () => {
      for (const action of this.lastActions) await action();
      await this.checkpointer?.stop();
      await this.reportThread?.stop();
      await this.listThread?.stop();
      await this.closeReader();
      await destroy();
    };
  }
}

function openReader(file: string, waitMs: number): SqliteConnection {
  const database = new BetterSqlite3(file, { readonly: true });
  database.pragma('cache_size = -32000');
  // pages come from the system's cache without a call and a copy; SQLite shortens a file only while nobody reads it
  database.pragma(`mmap_size = ${READER_MAP_BYTES}`);
  return new SqliteConnection(database, waitMs);
}
