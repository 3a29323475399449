import { Injectable } from '@nestjs/common';
import { UnrecoverableError } from 'bullmq';
import { Clock } from '../config/index.js';
import { Database, type Unit, UnitOfWork } from '../database/index.js';
import { Log, redactText } from '../telemetry/index.js';
import { type Delivery, backoffMs, parseJobId } from './delivery.js';
import {
  type Job,
  JobHandlers,
  type OutsideHandler,
  type RegisteredHandler,
  type UnitHandler,
} from './job-handlers.js';
import { OutboxRow, PENDING } from './outbox-row.entity.js';
import { QueueMetrics } from './queue-metrics.js';

const LONGEST_ERROR = 2_000;

/** Somebody else has done this job, or it has moved on to another try: nothing of this run may stay. */
class SupersededError extends Error {}

/**
 * Turns deliveries, of which there may be several for one job, into effects, of which there is one. Retries are kept in
 * the outbox row and not in the queue, so that a lost queue loses neither a job nor the count of its tries.
 */
@Injectable()
export class JobProcessor {
  constructor(
    private readonly handlers: JobHandlers,
    private readonly database: Database,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
    private readonly metrics: QueueMetrics,
    private readonly log: Log,
  ) {}

  /** Runs the job and records its effect, or its failure. Throws only when not even the failure could be recorded. */
  async process(topic: string, jobId: string): Promise<'done' | 'superseded' | 'failed'> {
    const delivery = parseJobId(jobId);
    const handler = this.handlers.get(topic);
    if (!handler) throw new Error(`no handler for the topic "${topic}"`);
    try {
      const row = 'run' in handler ? await this.runInside(handler, delivery) : await this.runOutside(handler, delivery);
      if (!row) return 'superseded';
      this.metrics.done.inc({ topic });
      this.metrics.latency.observe({ topic }, (this.clock.now().getTime() - Date.parse(row.available_at)) / 1_000);
      return 'done';
    } catch (error) {
      if (error instanceof SupersededError) return 'superseded';
      await this.recordFailure(topic, jobId, error);
      return 'failed';
    }
  }

  /** Counts a failed try: the row opens again after its back-off, or becomes a dead letter. */
  async recordFailure(topic: string, jobId: string, error: unknown, { isDueAtOnce = false } = {}): Promise<void> {
    const handler = this.handlers.get(topic);
    const { outboxId, round, attempt } = parseJobId(jobId);
    const failed = attempt + 1;
    const isDead = error instanceof UnrecoverableError || failed >= (handler?.attempts ?? 1);
    const wait = isDueAtOnce ? 0 : backoffMs(handler?.backoffMs ?? 0, { outboxId, attempt });
    const now = this.clock.now();
    const changed = await this.uow.run((unit) =>
      unit
        .of(OutboxRow)
        .update(
          { outbox_id: outboxId, status: [...PENDING], round, attempts: attempt },
          {
            status: isDead ? 'dead' : 'open',
            attempts: failed,
            enqueued_at: null,
            last_error: describe(error),
            ...(isDead
              ? { done_at: now.toISOString() }
              : { available_at: new Date(now.getTime() + wait).toISOString() }),
          },
        ),
    );
    if (changed === 0) return;
    this.metrics.failed.inc({ topic });
    if (isDead) this.metrics.dead.inc({ topic });
    const message = isDead ? 'a job became a dead letter' : 'a job failed and will be tried again';
    this.log.warn({ error, topic, outbox_id: outboxId, failed }, message);
  }

  /** @returns the row that was done, or undefined when there was nothing to do */
  private runInside(handler: RegisteredHandler & UnitHandler, delivery: Delivery): Promise<OutboxRow | undefined> {
    return this.uow.run(async (unit) => {
      const [row] = await unit.of(OutboxRow).find({ outbox_id: delivery.outboxId }, { limit: 1, lock: true });
      if (!isFor(delivery, row)) return undefined;
      await handler.run(jobOf(row), unit);
      await this.markDone(unit, row);
      return row;
    });
  }

  private async runOutside(
    handler: RegisteredHandler & OutsideHandler,
    delivery: Delivery,
  ): Promise<OutboxRow | undefined> {
    const row = await this.database.of(OutboxRow).get(delivery.outboxId);
    if (!isFor(delivery, row)) return undefined;
    let isSettled = false;
    await handler.runOutside(jobOf(row), async (work) => {
      await this.uow.run(async (unit) => {
        await work(unit);
        await this.markDone(unit, row);
      });
      isSettled = true;
    });
    if (!isSettled) throw new Error(`the handler of "${row.topic}" returned without settling its job`);
    return row;
  }

  private async markDone(unit: Unit, { outbox_id }: OutboxRow): Promise<void> {
    const done = await unit
      .of(OutboxRow)
      .update({ outbox_id, status: [...PENDING] }, { status: 'done', done_at: this.clock.iso() });
    if (done === 0) throw new SupersededError();
  }
}

function isFor({ round, attempt }: Delivery, row: OutboxRow | undefined): row is OutboxRow {
  return row !== undefined && PENDING.includes(row.status) && row.round === round && row.attempts === attempt;
}

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
