import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { Log } from '../telemetry/index.js';
import { type Connection, PostgresConnection, type SqlRow } from './connection.js';
import { Database } from './database.js';
import { Rows } from './rows.js';
import { SharedCommit } from './shared-commit.js';
import type { EntityClass } from './table-shape.js';

/** One open write transaction. Code that holds no unit cannot write. */
export interface Unit {
  /** The table of an entity, for reading and writing inside this transaction. */
  of<T extends object>(entity: EntityClass<T>): Rows<T>;
  /** SQL with `?` placeholders inside this transaction. */
  query(sql: string, params?: readonly unknown[]): Promise<SqlRow[]>;
  execute(sql: string, params?: readonly unknown[]): Promise<number>;
  /** Runs once the transaction is committed; not at all if it rolls back. */
  afterCommit(action: () => void): void;
}

/** Longest time that units may follow each other without letting the event loop turn. */
const TURN_AFTER_MS = 8;
const SLOW_UNIT_MS = 1_000;
/** serialization_failure and deadlock_detected: PostgreSQL asks the client to try again. */
const RETRYABLE = new Set(['40001', '40P01']);
const POSTGRES_TRIES = 3;

/**
 * The only way to write. On SQLite, which has one writing connection, units run one after another, and those that wait in line
 * share a commit; on PostgreSQL each is an ordinary transaction. Either all of a unit is committed or nothing.
 */
@Injectable()
export class UnitOfWork {
  private readonly inUnit = new AsyncLocalStorage<true>();
  private tail: Promise<unknown> = Promise.resolve();
  /** Units that wait for their turn on SQLite. */
  private waiting = 0;
  private shared: SharedCommit | undefined;
  private lastTurn = performance.now();

  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /**
   * Runs `work` in a transaction: commits when it resolves, rolls back when it throws, and gives its answer or error on.
   * @throws Error when called from inside another unit: pass that unit along instead
   */
  async run<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    if (this.inUnit.getStore()) throw new Error('a unit of work is open already: pass it along instead of opening another');
    const actions: (() => void)[] = [];
    const result = await (this.database.dialect === 'sqlite' ? this.runOnSqlite(work, actions) : this.runOnPostgres(work, actions));
    for (const action of actions) action();
    return result;
  }

  private async runOnSqlite<T>(work: (unit: Unit) => Promise<T>, actions: (() => void)[]): Promise<T> {
    this.waiting++;
    const turn = this.tail.then(() => this.takeTurn(work, actions));
    this.tail = turn.catch(() => undefined);
    const { result, committed } = await turn;
    await committed;
    return result;
  }

  /** Runs the unit in the open transaction, or in a new one, and commits unless another unit is about to join it. */
  private async takeTurn<T>(work: (unit: Unit) => Promise<T>, actions: (() => void)[]): Promise<{ result: T; committed: Promise<void> }> {
    await this.letOthersRun();
    this.waiting--;
    const shared = (this.shared ??= SharedCommit.begin(this.database.writer));
    const started = performance.now();
    try {
      const result = await shared.run(() => this.inUnit.run(true, () => work(this.unitOn(this.database.writer, actions))));
      return { result, committed: shared.committed };
    } finally {
      if (this.waiting === 0 || !shared.hasRoom) {
        this.shared = undefined;
        shared.commit();
        this.database.noteCommit();
      }
      const elapsed = performance.now() - started;
      if (elapsed > SLOW_UNIT_MS) this.log.warn({ duration_ms: Math.round(elapsed) }, 'a unit of work kept all other writers waiting');
    }
  }

  private async runOnPostgres<T>(work: (unit: Unit) => Promise<T>, actions: (() => void)[]): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.tryOnPostgres(this.database.pool, work, actions);
      } catch (error) {
        const code = (error as { code?: string }).code;
        if (!code || !RETRYABLE.has(code) || attempt >= POSTGRES_TRIES) throw error;
        actions.length = 0;
      }
    }
  }

  private async tryOnPostgres<T>(pool: Pool, work: (unit: Unit) => Promise<T>, actions: (() => void)[]): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await this.inUnit.run(true, () => work(this.unitOn(new PostgresConnection(client), actions)));
      const { command } = await client.query('COMMIT');
      // PostgreSQL answers so, without an error, when a statement failed and the unit went on nevertheless
      if (command !== 'COMMIT') throw new Error('the unit went on after a failed statement, so nothing of it was committed');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((rollbackError: Error) => (broken = rollbackError));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Statements on SQLite finish in microtasks, so a stream of units would keep timers and sockets from being served. */
  private async letOthersRun(): Promise<void> {
    if (performance.now() - this.lastTurn < TURN_AFTER_MS) return;
    await nextTurn();
    this.lastTurn = performance.now();
  }

  private unitOn(connection: Connection, actions: (() => void)[]): Unit {
    return {
      of: (entity) => new Rows(connection, this.database.shapeOf(entity)),
      query: (sql, params) => connection.query(sql, params),
      execute: (sql, params) => connection.execute(sql, params),
      afterCommit: (action) => void actions.push(action),
    };
  }
}
