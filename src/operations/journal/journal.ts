import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database, IN_BACKGROUND, UnitOfWork } from '../../database/index.js';
import { Log, Metrics } from '../../telemetry/index.js';
import { McpJsonrpcCall, TransportHttpRequest, TransportWebsocketSession } from './transport.entities.js';

const FLUSH_MS = 250;
const FLUSH_ROWS = 500;
/** Of one unit, which keeps other writers waiting. */
const ROWS_AT_ONCE = 2_000;
/** Rows that wait while the database does not take any. */
const MAX_WAITING = 20_000;
/**
 * Tries for rows that could not be written: a database that restarts is back by then, and rows that never go in stop
 * nobody for long.
 */
const MAX_TRIES = 5;
const RETRY_MS = 1_000;
const LAST_RETRY_MS = 200;

/** Of a text, and of PostgreSQL's integers. */
const LONGEST_TEXT = 500;
const LARGEST_INTEGER = 2_147_483_647;

interface WaitingRow {
  readonly entity: new () => object;
  readonly row: object;
}

/**
 * Rows that tell what happened but must not slow it down: gathered and written together, at the latest a quarter of a
 * second later, and all of them before an orderly stop. A killed process may lose the last of them. Where the
 * database takes none for long, rows beyond the limit are dropped, counted (`herald_journal_dropped_total`) and
 * logged.
 */
@Injectable()
export class Journal {
  private waiting: WaitingRow[] = [];
  /** Rows that wait and count what is like them, by their key. */
  private readonly counted = new Map<string, { times?: number }>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private failures = 0;
  private droppedSince = 0;
  private readonly drops;
  /** Steps out of the unit that something was recorded in, for the flush opens a unit of its own. */
  private readonly outsideUnits = AsyncLocalStorage.snapshot();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly log: Log,
    database: Database,
    metrics: Metrics,
  ) {
    this.drops = metrics.counter(
      'herald_journal_dropped_total',
      'Rows of the journals of calls that could not be kept',
    );
    metrics.gauge('herald_journal_waiting', 'Rows of the journals of calls that wait to be written', [], (gauge) =>
      gauge.set(this.waiting.length),
    );
    database.beforeClose(() => this.writeLast());
  }

  /** A JSON-RPC call. */
  recordCall(row: McpJsonrpcCall): void {
    this.record(McpJsonrpcCall, row);
  }

  /** An HTTP request. */
  recordRequest(row: TransportHttpRequest): void {
    this.record(TransportHttpRequest, row);
  }

  /** What went over a WebSocket since the last time. */
  recordTraffic(row: TransportWebsocketSession): void {
    this.record(TransportWebsocketSession, row);
  }

  /** A row of a table of the caller's own. */
  record<T extends object>(entity: new () => T, row: T): void {
    if (this.waiting.length >= MAX_WAITING) return this.drop(1);
    this.waiting.push({ entity, row: storable(row) });
    if (this.writing) return;
    if (this.waiting.length >= FLUSH_ROWS && this.failures === 0) void this.flush();
    else
      this.timer ??= this.outsideUnits(() =>
        setTimeout(() => void this.flush(), this.failures > 0 ? RETRY_MS : FLUSH_MS),
      );
  }

  /** The same for what happens often: while a row under the same key waits, it is counted there in `times`. */
  recordOften<T extends { times?: number }>(entity: new () => T, key: string, row: T): void {
    const waiting = this.counted.get(key);
    if (waiting) {
      waiting.times = (waiting.times ?? 1) + 1;
      return;
    }
    const before = this.waiting.length;
    this.record(entity, row);
    if (this.waiting.length > before) this.counted.set(key, this.waiting.at(-1)!.row);
  }

  /** Writes what waits, and resolves when it is committed, or given up for now. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    // what is being written began before the newest rows came
    await this.writing;
    this.writing ??= this.outsideUnits(() => this.writeAll()).finally(() => (this.writing = undefined));
    await this.writing;
  }

  /** At an orderly stop, when nobody records any more. */
  private async writeLast(): Promise<void> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      await this.flush();
      if (this.waiting.length === 0) return;
      await pause(LAST_RETRY_MS);
    }
    clearTimeout(this.timer);
    this.log.error({ rows: this.waiting.length }, 'rows of the journal could not be written before the stop');
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      this.counted.clear();
      const batch = this.waiting.splice(0, ROWS_AT_ONCE);
      if (!(await this.write(batch))) break;
    }
    if (this.droppedSince > 0) this.log.error({ rows: this.droppedSince }, 'rows of the journal were dropped');
    this.droppedSince = 0;
    if (this.waiting.length > 0) this.timer ??= setTimeout(() => void this.flush(), RETRY_MS);
  }

  /** @returns whether to go on with the next */
  private async write(batch: readonly WaitingRow[]): Promise<boolean> {
    const byEntity = new Map<WaitingRow['entity'], object[]>();
    for (const { entity, row } of batch) {
      const rows = byEntity.get(entity);
      if (rows) rows.push(row);
      else byEntity.set(entity, [row]);
    }
    try {
      await this.unitOfWork.run(async (unit) => {
        for (const [entity, rows] of byEntity) await unit.of(entity).insertNew(rows);
      }, IN_BACKGROUND);
      this.failures = 0;
      return true;
    } catch (error) {
      this.log.error({ error, rows: batch.length }, 'the journal could not be written');
      if (++this.failures < MAX_TRIES) this.waiting.unshift(...batch);
      else {
        this.drop(batch.length);
        this.failures = 0;
      }
      return false;
    }
  }

  private drop(rows: number): void {
    this.drops.inc(rows);
    this.droppedSince += rows;
  }
}

/**
 * Callers choose what is in a row, and one that PostgreSQL does not take would keep back all that are written with
 * it.
 */
function storable<T extends object>(row: T): T {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, unknown]) => {
      if (typeof value === 'string') return [name, value.slice(0, LONGEST_TEXT).replaceAll('\0', '')];
      return [name, typeof value === 'number' ? Math.min(LARGEST_INTEGER, Math.trunc(value) || 0) : value];
    }),
  ) as T;
}
