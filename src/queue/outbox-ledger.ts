import { Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { Database, IN_TURN, UnitOfWork, gt, lte, marks, readFigures } from '../database/index.js';
import { jobIdOf } from './delivery.js';
import { OutboxRow, type OutboxStatus } from './outbox-row.entity.js';

/** A row that is due, as the queue is told of it. */
export interface DueJob {
  jobId: string;
  outboxId: string;
  /** False for what failed before. */
  isFirstTry: boolean;
  /** Milliseconds of the clock. */
  dueAt: number;
}

export interface OutboxStatusReport {
  counts: { topic: string; status: OutboxStatus; count: number }[];
  /** When the oldest work that is not done fell due. */
  oldestDueAt: string | null;
}

const RESTORE_AT_ONCE = 200;
const MOST_LISTED = 1_000;

/** The relay's view of the outbox: what is due, what is out, what lies far behind. */
@Injectable()
export class OutboxLedger {
  constructor(
    private readonly database: Database,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Marks up to `limit` due rows of a topic as enqueued, oldest first. On PostgreSQL each row goes to one claimer
   * only.
   */
  async claim(topic: string, limit: number): Promise<DueJob[]> {
    const now = this.clock.iso();
    const lock = this.database.dialect === 'postgres' ? 'FOR UPDATE SKIP LOCKED' : '';
    const claimed = await this.uow.run(
      (unit) =>
        unit.query(
          `UPDATE outbox SET status = 'enqueued', enqueued_at = ? WHERE outbox_id IN (
             SELECT outbox_id FROM outbox WHERE status = 'open' AND topic = ? AND available_at <= ?
             ORDER BY available_at, outbox_id LIMIT ${Math.trunc(limit)} ${lock}
           ) RETURNING outbox_id, available_at, round, attempts`,
          [now, topic, now],
        ),
      IN_TURN,
    );
    // RETURNING promises no order
    return (claimed as unknown as OutboxRow[])
      .sort((a, b) => compare(a.available_at, b.available_at) || compare(a.outbox_id, b.outbox_id))
      .map(toDueJob);
  }

  /** Takes claims back that the queue did not accept, or that a closing worker has not come to. */
  async giveBack(outboxIds: readonly string[]): Promise<void> {
    const where = { outbox_id: outboxIds, status: 'enqueued' as const };
    await this.uow.run((unit) => unit.of(OutboxRow).update(where, { status: 'open', enqueued_at: null }), IN_TURN);
  }

  /** How many rows of the topic the queue holds. */
  enqueuedCount(topic: string): Promise<number> {
    return this.database.of(OutboxRow).count({ topic, status: 'enqueued' });
  }

  /** When the next open row of any of these topics is due, as ISO time. */
  async nextDue(topics: readonly string[]): Promise<string | undefined> {
    if (topics.length === 0) return undefined;
    const [row] = await this.database.query(
      `SELECT MIN(available_at) AS due FROM outbox WHERE status = 'open' AND topic IN (${marks(topics)})`,
      [...topics],
    );
    return (row?.due as string | null) ?? undefined;
  }

  /** Rows of the topic enqueued up to `before`, page by page. */
  async *enqueuedBefore(topic: string, before: string): AsyncGenerator<DueJob[]> {
    for (let after = ''; ;) {
      const where = { topic, status: 'enqueued' as const, enqueued_at: lte(before), outbox_id: gt(after) };
      const rows = await this.database
        .of(OutboxRow)
        .find(where, { order: { outbox_id: 'asc' }, limit: RESTORE_AT_ONCE });
      if (rows.length === 0) return;
      yield rows.map(toDueJob);
      after = rows.at(-1)!.outbox_id;
    }
  }

  /** Whether a row of these topics is enqueued, or open and due within so many milliseconds. */
  async isBusy(topics: readonly string[], withinMs: number): Promise<boolean> {
    return (await this.busyRows(topics, withinMs, 1)).length > 0;
  }

  /** Which of these topics have a row that is enqueued, or open and due. */
  async busyTopics(topics: readonly string[]): Promise<string[]> {
    return [...new Set(await this.busyRows(topics, 0, MOST_LISTED))];
  }

  private async busyRows(topics: readonly string[], withinMs: number, limit: number): Promise<string[]> {
    if (topics.length === 0) return [];
    const rows = await this.database.query(
      `SELECT topic FROM outbox WHERE status = 'enqueued' AND topic IN (${marks(topics)})
       UNION ALL SELECT topic FROM outbox WHERE status = 'open' AND topic IN (${marks(topics)}) AND available_at <= ?
       LIMIT ${limit}`,
      [...topics, ...topics, new Date(this.clock.now().getTime() + withinMs).toISOString()],
    );
    return rows.map(({ topic }) => topic as string);
  }

  async report(): Promise<OutboxStatusReport> {
    const done = (await readFigures(this.database, ['jobs_done'])).get('jobs_done')!;
    const counts = await this.database.queryAside(
      `SELECT topic, status, COUNT(*) AS n FROM outbox WHERE status IN ('open', 'enqueued', 'dead') GROUP BY status, topic`,
    );
    const [oldest] = await this.database.query(
      `SELECT MIN(available_at) AS due FROM outbox WHERE status IN ('open', 'enqueued') AND available_at <= ?`,
      [this.clock.iso()],
    );
    return {
      counts: [
        ...done.map(({ key, n }) => ({ topic: key[0]!, status: 'done' as const, count: n })),
        ...counts.map(({ topic, status, n }) => ({
          topic: topic as string,
          status: status as OutboxStatus,
          count: Number(n),
        })),
      ],
      oldestDueAt: (oldest?.due as string | null) ?? null,
    };
  }
}

export const toDueJob = (row: Pick<OutboxRow, 'outbox_id' | 'round' | 'attempts' | 'available_at'>): DueJob => ({
  jobId: jobIdOf(row),
  outboxId: row.outbox_id,
  isFirstTry: row.attempts === 0,
  dueAt: Date.parse(row.available_at),
});
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
