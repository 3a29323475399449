import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { Log } from '../telemetry/index.js';
import { parseJobId } from './delivery.js';
import { type DueJob, OutboxLedger } from './outbox-ledger.js';
import { QueueMetrics } from './queue-metrics.js';

/** The queue, as the relay sees it. */
export interface RelayTarget {
  enqueue(topic: string, jobs: readonly DueJob[]): Promise<void>;
  /** For jobs that the queue may know already and then leaves as they stand. */
  offerAgain(topic: string, jobs: readonly DueJob[]): Promise<void>;
}

/** Rows taken at once: small, so that a burst neither holds the event loop nor makes another topic wait. */
const BATCH = 50;
/**
 * Rows of one topic in the queue at a time. The rest waits in SQL, which keeps the queue small and quick to rebuild.
 */
const WINDOW = 200;
/** Another process may write rows too, and says nothing. */
const POLL_MS = 1_000;
const RESTORE_EVERY_MS = 30_000;
/** A row that has been in the queue for this long is offered to it again, in case it has forgotten. */
const RESTORE_AFTER_MS = 60_000;
const ANY_TIME = '9999-12-31T23:59:59.999Z';
const PRUNE_EVERY_MS = 3_600_000;

/**
 * Carries due outbox rows to the queue. It wakes when a unit that added rows commits, when a job is settled, when the
 * next row falls due, and now and then. Topics take turns, so a noisy one cannot starve the others.
 */
@Injectable()
export class OutboxRelay {
  private readonly awake = new Set<string>();
  /** Topics with more due rows than the queue may hold, and the number of jobs settled since. */
  private readonly backlog = new Map<string, number>();
  private readonly dueAt = new Map<string, number>();
  private readonly timers: NodeJS.Timeout[] = [];
  private dueTimer: NodeJS.Timeout | undefined;
  private topics: readonly string[] = [];
  private target: RelayTarget | undefined;
  private pumping: Promise<void> | undefined;
  private holds = 0;
  private housekeeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly ledger: OutboxLedger,
    private readonly clock: Clock,
    private readonly metrics: QueueMetrics,
    private readonly log: Log,
  ) {}

  /** Offers everything that is enqueued to the queue again, then starts relaying. */
  async start(topics: readonly string[], target: RelayTarget): Promise<void> {
    this.topics = topics;
    this.target = target;
    await this.restore(ANY_TIME);
    this.every(POLL_MS, async () => this.wake(this.topics));
    this.every(RESTORE_EVERY_MS, () =>
      this.restore(new Date(this.clock.now().getTime() - RESTORE_AFTER_MS).toISOString()),
    );
    this.every(PRUNE_EVERY_MS, () => this.ledger.prune(this.topics));
    this.wake(topics);
  }

  /** Resolves when the last batch is through. */
  async stop(): Promise<void> {
    this.target = undefined;
    for (const timer of this.timers.splice(0)) clearInterval(timer);
    clearTimeout(this.dueTimer);
    this.awake.clear();
    await Promise.all([this.pumping, this.housekeeping]);
  }

  /** Looks for due rows of these topics, soon. Does nothing where the relay is not running. */
  wake(topics: Iterable<string>): void {
    if (!this.target) return;
    for (const topic of topics) if (this.topics.includes(topic)) this.awake.add(topic);
    if (this.awake.size > 0 && this.holds === 0) this.pumping ??= this.pump();
  }

  /** Hands out nothing while `work` runs. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.holds++;
    try {
      return await work();
    } finally {
      this.holds--;
      this.wake(this.topics);
    }
  }

  /** Called when a job of the topic has left the queue. */
  settled(topic: string): void {
    const settled = this.backlog.get(topic);
    if (settled === undefined) return;
    this.backlog.set(topic, settled + 1);
    if (settled + 1 >= BATCH) this.wake([topic]);
  }

  /** Opens jobs again that their worker did not come to. */
  async giveBack(jobIds: readonly string[]): Promise<void> {
    await this.ledger.giveBack(jobIds.map((jobId) => parseJobId(jobId).outboxId));
  }

  private async pump(): Promise<void> {
    while (this.target && this.holds === 0 && this.awake.size > 0) {
      // whoever woke us (a request, often) goes first
      await nextTurn();
      const [topic] = this.awake;
      if (topic === undefined || !this.target) break;
      this.awake.delete(topic);
      try {
        // a topic that has more goes to the end of the line
        if (await this.relay(topic, this.target)) this.awake.add(topic);
      } catch (error) {
        this.log.warn({ error, topic }, 'due work could not be handed to the queue; it will be tried again');
      }
    }
    this.pumping = undefined;
  }

  /** @returns whether more of this topic may be due */
  private async relay(topic: string, target: RelayTarget): Promise<boolean> {
    const due = await this.ledger.nextDue(topic);
    if (!this.isDue(topic, due)) return false;
    const room = WINDOW - (await this.ledger.enqueuedCount(topic));
    // a few at a time would cost the queue more than all of them: it waits until a whole batch fits
    if (room < BATCH) {
      this.backlog.set(topic, 0);
      return false;
    }
    this.backlog.delete(topic);
    const limit = Math.min(room, BATCH);
    const jobs = await this.ledger.claim(topic, limit);
    if (jobs.length === 0) return false;
    try {
      await target.enqueue(topic, jobs);
    } catch (error) {
      await this.ledger.giveBack(jobs.map(({ outboxId }) => outboxId));
      throw error;
    }
    this.metrics.enqueued.inc({ topic }, jobs.length);
    return true;
  }

  /** Notes when the topic's next row is due, and answers whether that is now. */
  private isDue(topic: string, due: string | undefined): boolean {
    const wait = due === undefined ? Infinity : Date.parse(due) - this.clock.now().getTime();
    if (wait <= 0) {
      this.dueAt.delete(topic);
      return true;
    }
    if (wait < POLL_MS) this.dueAt.set(topic, Date.parse(due!));
    else this.dueAt.delete(topic);
    this.setDueTimer();
    return false;
  }

  /** The poll finds what is due in a second or more; the timer is for what comes sooner. */
  private setDueTimer(): void {
    clearTimeout(this.dueTimer);
    const next = Math.min(...this.dueAt.values());
    if (!this.target || next === Infinity) return;
    this.dueTimer = setTimeout(() => this.wake([...this.dueAt.keys()]), Math.max(1, next - this.clock.now().getTime()));
  }

  /** Offers what was enqueued up to `before` to the queue again. */
  private async restore(before: string): Promise<void> {
    for (const topic of this.topics) {
      for await (const jobs of this.ledger.enqueuedBefore(topic, before)) {
        if (!this.target) return;
        await this.target.offerAgain(topic, jobs);
      }
    }
  }

  private every(milliseconds: number, chore: () => Promise<void>): void {
    const timer = setInterval(() => {
      this.housekeeping = this.housekeeping
        .then(chore)
        .catch((error: unknown) => this.log.warn({ error }, 'a chore of the outbox failed'));
    }, milliseconds);
    timer.unref();
    this.timers.push(timer);
  }
}
