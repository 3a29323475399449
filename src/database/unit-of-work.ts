import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Settings } from '../config/index.js';
import { Log } from '../telemetry/index.js';
import { type Connection, PostgresConnection } from './connection.js';
import { Database } from './database.js';
import { Rows } from './rows.js';
import { SharedCommit } from './shared-commit.js';
import { postgresFault, sqliteFault } from './store-fault.js';
import { UnitEnding } from './unit-ending.js';
import type { Unit } from './unit.js';
import { type Patience, WriterLine } from './writer-line.js';

/** Longest time that units may follow each other without letting the event loop turn. */
const TURN_AFTER_MS = 8;
const SLOW_UNIT_MS = 1_000;
const LINE_MS = 1_000;
const LONGEST_BACKGROUND_WAIT_MS = 5_000;
/** serialization_failure and deadlock_detected: PostgreSQL asks the client to try again. */
const RETRYABLE = new Set(['40001', '40P01']);
const POSTGRES_TRIES = 3;

/**
 * The only way to write. On SQLite, which has one writing connection, units run one after another, and those that
 * wait in line share a commit; on PostgreSQL each is an ordinary transaction. Either all of a unit is committed or
 * nothing.
 */
@Injectable()
export class UnitOfWork {
  /** On SQLite, who waits for the one connection that writes. */
  private readonly line: WriterLine;
  private shared: SharedCommit | undefined;
  private lastTurn = performance.now();

  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {
    // those behind one that waits for another process are told the same as it is
    this.line = new WriterLine(settings.databaseWaitMs + LINE_MS);
  }

  /** Whether requests come just now that would wait for a long unit in the background. SQLite only. */
  get hasRequests(): boolean {
    return this.line.hasRequests;
  }

  /**
   * Runs `work` in a transaction: commits when it resolves, rolls back when it throws, and gives its answer or error
   * on.
   * @param patience of work that nobody waits for: where one unit writes at a time, it lets requests go first
   * @throws Error when called from inside another unit: pass that unit along instead
   * @throws AppError unavailable when the database cannot be had within the time that the settings give
   */
  async run<T>(work: (unit: Unit) => Promise<T>, patience?: Patience): Promise<T> {
    if (this.database.scope.isInside)
      throw new Error('a unit of work is open already: pass it along instead of opening another');
    const { result, ending } = await (this.database.dialect === 'sqlite'
      ? this.runOnSqlite(work, patience)
      : this.runOnPostgres(work));
    ending.committed();
    return result;
  }

  private async runOnSqlite<T>(work: (unit: Unit) => Promise<T>, patience: Patience | undefined): Promise<Done<T>> {
    const ending = new UnitEnding();
    const { databaseWaitMs } = this.settings;
    const joined = performance.now();
    await this.line.enter(patience);
    // who waits in the background for another process holds up the requests behind it
    const until = patience
      ? performance.now() + Math.min(databaseWaitMs, LONGEST_BACKGROUND_WAIT_MS)
      : joined + databaseWaitMs;
    const turn = this.takeTurn(work, ending, until, patience);
    try {
      const { result, committed } = await turn.finally(() => this.line.leave());
      await committed;
      return { result, ending };
    } catch (error) {
      throw sqliteFault(error);
    }
  }

  /** Runs the unit in the open transaction, or in a new one, and commits unless another unit is about to join it. */
  private async takeTurn<T>(
    work: (unit: Unit) => Promise<T>,
    ending: UnitEnding,
    until: number,
    patience: Patience | undefined,
  ): Promise<{ result: T; committed: Promise<void> }> {
    await this.letOthersRun();
    const shared = (this.shared ??= await SharedCommit.begin(this.database.writer, until));
    const started = performance.now();
    try {
      const result = await shared.run(() => this.work(this.database.writer, work, ending, shared));
      return { result, committed: shared.committed };
    } finally {
      // no request waits for the commit until work in the background is through
      if (!shared.hasRoom || !this.line.wouldFollow(patience)) {
        this.shared = undefined;
        shared.commit();
        this.database.noteCommit();
      }
      const elapsed = performance.now() - started;
      if (elapsed > SLOW_UNIT_MS)
        this.log.warn({ duration_ms: Math.round(elapsed) }, 'a unit of work kept all other writers waiting');
    }
  }

  private async runOnPostgres<T>(work: (unit: Unit) => Promise<T>): Promise<Done<T>> {
    for (let attempt = 1; ; attempt++) {
      const ending = new UnitEnding();
      try {
        return { result: await this.tryOnPostgres(work, ending), ending };
      } catch (error) {
        const code = (error as { code?: string }).code;
        if (!code || !RETRYABLE.has(code) || attempt >= POSTGRES_TRIES) throw error;
      }
    }
  }

  private async tryOnPostgres<T>(work: (unit: Unit) => Promise<T>, ending: UnitEnding): Promise<T> {
    const client = await this.connect();
    let broken: Error | undefined;
    // a session that the server ends says so at any time, and each statement after it fails
    const onBroken = (error: Error) => (broken = error);
    client.on('error', onBroken);
    const connection = new PostgresConnection(client);
    try {
      await connection.execute('BEGIN');
      const result = await this.work(connection, work, ending, client);
      const { command } = await client.query('COMMIT');
      // PostgreSQL answers so, without an error, when a statement failed and the unit went on nevertheless
      if (command !== 'COMMIT')
        throw new Error('the unit went on after a failed statement, so nothing of it was committed');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(onBroken);
      throw postgresFault(error);
    } finally {
      client.off('error', onBroken);
      client.release(broken);
    }
  }

  private async connect(): Promise<PoolClient> {
    try {
      return await this.database.pool.connect();
    } catch (error) {
      throw postgresFault(error);
    }
  }

  /**
   * Statements on SQLite finish in microtasks, so a stream of units would keep timers and sockets from being served.
   */
  private async letOthersRun(): Promise<void> {
    if (performance.now() - this.lastTurn < TURN_AFTER_MS) return;
    await nextTurn();
    this.lastTurn = performance.now();
  }

  private work<T>(
    connection: Connection,
    work: (unit: Unit) => Promise<T>,
    ending: UnitEnding,
    commit: object,
  ): Promise<T> {
    const unit = this.unitOn(connection, ending, commit);
    return this.database.scope.enter(async () => {
      const result = await work(unit);
      await ending.finish(unit);
      return result;
    });
  }

  private unitOn(connection: Connection, ending: UnitEnding, commit: object): Unit {
    return {
      commit,
      dialect: connection.dialect,
      of: (entity) => new Rows(connection, this.database.shapeOf(entity)),
      query: (sql, params) => connection.query(sql, params),
      execute: (sql, params) => connection.execute(sql, params),
      insert: (statement, rows) => connection.insert(statement, rows),
      afterCommit: (action) => ending.afterCommit(action),
      atEnd: (finish, items) => ending.gather(finish, items),
      attempt: (work) => attempt(connection, work, ending),
    };
  }
}

interface Done<T> {
  readonly result: T;
  readonly ending: UnitEnding;
}

async function attempt<T>(connection: Connection, work: () => Promise<T>, ending: UnitEnding): Promise<T> {
  const mark = ending.mark();
  await connection.execute('SAVEPOINT part');
  try {
    const result = await work();
    await connection.execute('RELEASE SAVEPOINT part');
    return result;
  } catch (error) {
    await connection.execute('ROLLBACK TO SAVEPOINT part');
    await connection.execute('RELEASE SAVEPOINT part');
    ending.returnTo(mark);
    throw error;
  }
}
