import { Injectable } from '@nestjs/common';
import { UnrecoverableError } from 'bullmq';
import { Clock } from '../config/index.js';
import { Database, IN_TURN, type Unit, UnitOfWork } from '../database/index.js';
import { Log, redactText } from '../telemetry/index.js';
import { type Delivery, backoffMs, jobIdOf, parseJobId } from './delivery.js';
import { JobHandlers, type RegisteredHandler } from './job-handlers.js';
import type { BatchHandler, Job, JobResult, OutsideBatchHandler, OutsideHandler, UnitHandler } from './job.js';
import { OutboxRow, PENDING } from './outbox-row.entity.js';
import { QueueMetrics } from './queue-metrics.js';

const LONGEST_ERROR = 2_000;
/**
 * A unit that holds many jobs ends after this, and the rest gets another: on SQLite all other writers wait for it, on
 * PostgreSQL those that want the same rows.
 */
const UNIT_MS = { sqlite: 15, postgres: 150 };
/** Of jobs in one unit while requests come that would wait for it to end: some milliseconds of work. */
const MOST_BESIDE_REQUESTS = 8;
/** What PostgreSQL asks to run again as a whole. */
const RETRYABLE = new Set(['40001', '40P01']);

/** Somebody else has done this job, or it has moved on to another try: nothing of this run may stay. */
class SupersededError extends Error {}

export interface Processed {
  done: number;
  failed: number;
  /** Those that it did not come to. */
  left: readonly string[];
}

interface Outcome {
  done: OutboxRow[];
  failed: Failure[];
  left: readonly string[];
}

interface Failure {
  delivery: Delivery;
  error: unknown;
  isDead: boolean;
}

/**
 * Turns deliveries, of which there may be several for one job, into effects, of which there is one. Retries are kept in
 * the outbox row and not in the queue, so that a lost queue loses neither a job nor the count of its tries.
 */
@Injectable()
export class JobProcessor {
  /** Tries of this process that came to an end, and those of them that succeeded. */
  readonly ended = { all: 0, done: 0 };

  constructor(
    private readonly handlers: JobHandlers,
    private readonly database: Database,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
    private readonly metrics: QueueMetrics,
    private readonly log: Log,
  ) {}

  /**
   * Runs the jobs, or the first of them, and records their effects or failures. Throws only when not even a failure
   * could be recorded.
   * @param dueAt when the first of them was due, in milliseconds of the clock
   */
  async process(topic: string, jobIds: readonly string[], dueAt: number): Promise<Processed> {
    const handler = this.handlers.get(topic);
    if (!handler) throw new Error(`no handler for the topic "${topic}"`);
    if ('runOutside' in handler || 'runManyOutside' in handler) return this.runOutside(topic, handler, jobIds);
    return this.runInside(topic, handler, jobIds, dueAt);
  }

  /** Counts a failed try: the row opens again after its back-off, or becomes a dead letter. */
  async recordFailure(topic: string, jobId: string, error: unknown, { isDueAtOnce = false } = {}): Promise<void> {
    const delivery = parseJobId(jobId);
    const failure = await this.uow.run((unit) => this.fail(unit, topic, delivery, error, isDueAtOnce), IN_TURN);
    if (failure) this.note(topic, { done: [], failed: [failure], left: [] });
  }

  private async runInside(
    topic: string,
    handler: RegisteredHandler & (UnitHandler | BatchHandler),
    jobIds: readonly string[],
    dueAt: number,
  ): Promise<Processed> {
    const patience = { waitedMs: this.clock.now().getTime() - dueAt, patienceMs: handler.patienceMs };
    try {
      return this.note(topic, await this.uow.run((unit) => this.workThrough(unit, topic, handler, jobIds), patience));
    } catch (error) {
      if (jobIds.length === 1) {
        await this.recordFailure(topic, jobIds[0]!, error);
        return { done: 0, failed: 1, left: [] };
      }
      // not one of them but their unit failed: the first alone shows whether it was at fault
      const [first, ...left] = jobIds;
      return { ...(await this.runInside(topic, handler, [first!], dueAt)), left };
    }
  }

  private async workThrough(
    unit: Unit,
    topic: string,
    handler: RegisteredHandler & (UnitHandler | BatchHandler),
    jobIds: readonly string[],
  ): Promise<Outcome> {
    const started = performance.now();
    const most = this.uow.hasRequests ? Math.min(MOST_BESIDE_REQUESTS, handler.most) : handler.most;
    const now = jobIds.slice(0, 'runMany' in handler ? most : jobIds.length);
    const rows = await this.dueRows(now, (ids) =>
      unit.of(OutboxRow).find({ outbox_id: ids }, { order: { outbox_id: 'asc' }, lock: true }),
    );
    const run = (some: readonly OutboxRow[]): Promise<void> =>
      'runMany' in handler ? handler.runMany(some.map(jobOf), unit) : handler.run(jobOf(some[0]!), unit);
    const outcome: Outcome = { done: [], failed: [], left: jobIds.slice(now.length) };
    if (rows.length === 1) {
      // alone in its unit, it needs no savepoint
      await run(rows);
      outcome.done.push(rows[0]!);
    } else if (rows.length > 1 && 'runMany' in handler && (await didAll(unit, () => run(rows)))) {
      outcome.done = rows;
    } else {
      for (const [index, row] of rows.entries()) {
        if (index > 0 && performance.now() - started > UNIT_MS[this.database.dialect]) {
          outcome.left = [...rows.slice(index).map(jobIdOf), ...outcome.left];
          break;
        }
        await this.runPart(unit, topic, row, () => run([row]), outcome);
      }
    }
    await this.markDone(unit, outcome.done);
    return outcome;
  }

  /** Runs one job of several in a unit: when it fails, what it wrote is taken back, and its failure is recorded. */
  private async runPart(
    unit: Unit,
    topic: string,
    row: OutboxRow,
    work: () => Promise<void>,
    outcome: Outcome,
  ): Promise<void> {
    try {
      await unit.attempt(work);
      outcome.done.push(row);
    } catch (error) {
      if (isRetryable(error)) throw error;
      const failure = await this.fail(unit, topic, deliveryOf(row), error);
      if (failure) outcome.failed.push(failure);
    }
  }

  private async runOutside(
    topic: string,
    handler: RegisteredHandler & (OutsideHandler | OutsideBatchHandler),
    jobIds: readonly string[],
  ): Promise<Processed> {
    const now = jobIds.slice(0, handler.most);
    const rows = await this.dueRows(now, (ids) => this.database.of(OutboxRow).find({ outbox_id: ids }));
    const open = new Map(rows.map((row) => [row.outbox_id, row]));
    const total: Processed = { done: 0, failed: 0, left: jobIds.slice(now.length) };
    const settle = async (results: readonly JobResult[]): Promise<void> => {
      const isAlone = 'runOutside' in handler;
      const outcome = await this.uow.run((unit) => this.settle(unit, topic, results, open, isAlone), IN_TURN);
      for (const { job } of results) open.delete(job.outboxId);
      const { done, failed } = this.note(topic, outcome);
      total.done += done;
      total.failed += failed;
    };
    let problem: unknown = new Error(`the handler of "${topic}" returned without settling its job`);
    try {
      if ('runManyOutside' in handler && rows.length > 0) await handler.runManyOutside(rows.map(jobOf), settle);
      if ('runOutside' in handler) {
        const [row] = rows;
        if (row) await handler.runOutside(jobOf(row), (record) => settle([{ job: jobOf(row), record }]));
      }
    } catch (error) {
      problem = error;
    }
    if (problem instanceof SupersededError) return total;
    for (const row of open.values()) {
      await this.recordFailure(topic, jobIdOf(row), problem);
      total.failed++;
    }
    return total;
  }

  private async settle(
    unit: Unit,
    topic: string,
    results: readonly JobResult[],
    open: ReadonlyMap<string, OutboxRow>,
    isAlone: boolean,
  ): Promise<Outcome> {
    const outcome: Outcome = { done: [], failed: [], left: [] };
    for (const result of results) {
      const row = open.get(result.job.outboxId);
      if (!row) throw new Error(`the job ${result.job.outboxId} is not open`);
      // who works on one alone is told of its error
      if (isAlone && 'record' in result) {
        await result.record(unit);
        outcome.done.push(row);
      } else {
        const work = 'record' in result ? () => result.record(unit) : () => Promise.reject(result.error as Error);
        await this.runPart(unit, topic, row, work, outcome);
      }
    }
    await this.markDone(unit, outcome.done);
    return outcome;
  }

  /** The rows of these deliveries, in their order, without those that are done or have moved on. */
  private async dueRows(
    jobIds: readonly string[],
    find: (outboxIds: string[]) => Promise<OutboxRow[]>,
  ): Promise<OutboxRow[]> {
    const deliveries = jobIds.map(parseJobId);
    const rows = new Map(
      (await find(deliveries.map(({ outboxId }) => outboxId))).map((row) => [row.outbox_id, row] as const),
    );
    return deliveries.flatMap(({ outboxId, round, attempt }) => {
      const row = rows.get(outboxId);
      return row && PENDING.includes(row.status) && row.round === round && row.attempts === attempt ? [row] : [];
    });
  }

  private async markDone(unit: Unit, rows: readonly OutboxRow[]): Promise<void> {
    if (rows.length === 0) return;
    const where = { outbox_id: rows.map(({ outbox_id }) => outbox_id), status: [...PENDING] };
    const outbox = unit.of(OutboxRow);
    // all of one topic
    const done = this.handlers.get(rows[0]!.topic)?.forgetsDone
      ? await outbox.delete(where)
      : await outbox.update(where, { status: 'done', done_at: this.clock.iso() });
    if (done < rows.length) throw new SupersededError();
  }

  private async fail(
    unit: Unit,
    topic: string,
    delivery: Delivery,
    error: unknown,
    isDueAtOnce = false,
  ): Promise<Failure | undefined> {
    const handler = this.handlers.get(topic);
    const { outboxId, round, attempt } = delivery;
    const failed = attempt + 1;
    const isDead = error instanceof UnrecoverableError || failed >= (handler?.attempts ?? 1);
    const wait = isDueAtOnce ? 0 : backoffMs(handler?.backoffMs ?? 0, delivery);
    const now = this.clock.now();
    const changed = await unit
      .of(OutboxRow)
      .update(
        { outbox_id: outboxId, status: [...PENDING], round, attempts: attempt },
        {
          status: isDead ? 'dead' : 'open',
          attempts: failed,
          enqueued_at: null,
          last_error: describe(error),
          ...(isDead ? { done_at: now.toISOString() } : { available_at: new Date(now.getTime() + wait).toISOString() }),
        },
      );
    return changed === 0 ? undefined : { delivery, error, isDead };
  }

  private note(topic: string, { done, failed, left }: Outcome): Processed {
    const now = this.clock.now().getTime();
    for (const { available_at } of done) {
      this.metrics.done.inc({ topic });
      this.metrics.latency.observe({ topic }, (now - Date.parse(available_at)) / 1_000);
    }
    for (const { delivery, error, isDead } of failed) {
      this.metrics.failed.inc({ topic });
      if (isDead) this.metrics.dead.inc({ topic });
      const message = isDead ? 'a job became a dead letter' : 'a job failed and will be tried again';
      this.log.warn({ error, topic, outbox_id: delivery.outboxId, failed: delivery.attempt + 1 }, message);
    }
    this.ended.all += done.length + failed.length;
    this.ended.done += done.length;
    return { done: done.length, failed: failed.length, left };
  }
}

/** False when it threw, and nothing of it stayed. */
async function didAll(unit: Unit, work: () => Promise<void>): Promise<boolean> {
  try {
    await unit.attempt(work);
    return true;
  } catch (error) {
    if (isRetryable(error)) throw error;
    return false;
  }
}

const isRetryable = (error: unknown): boolean => RETRYABLE.has(String((error as { code?: unknown } | null)?.code));

const deliveryOf = ({ outbox_id, round, attempts }: OutboxRow): Delivery => ({
  outboxId: outbox_id,
  round,
  attempt: attempts,
});

function jobOf({ outbox_id, topic, idempotency_key, payload, attempts, created_at }: OutboxRow): Job<never> {
  return {
    outboxId: outbox_id,
    topic,
    key: idempotency_key,
    payload: payload as never,
    attempt: attempts + 1,
    createdAt: created_at,
  };
}

function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return redactText(text).slice(0, LONGEST_ERROR);
}
