import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock, TestClock } from '../config/index.js';
import { Log } from '../telemetry/index.js';
import { parseJobId } from './delivery.js';
import { type DueJob, OutboxLedger } from './outbox-ledger.js';
import { QueueMetrics } from './queue-metrics.js';

/** The queue, as the relay sees it. */
export interface RelayTarget {
  enqueue(topic: string, jobs: readonly DueJob[]): Promise<void>;
  /** For jobs that the queue may know already and then leaves as they stand. */
  offerAgain(topic: string, jobs: readonly DueJob[]): Promise<void>;
  /** How many jobs of the topic are under way, where this process is the only one to know. */
  held?(topic: string): number;
  /** Jobs that have left it. */
  settled?(topic: string, jobIds: readonly string[]): void;
  entryEnded?(topic: string): Promise<void>;
  /** The outbox ids of what it has accepted and nobody has begun. */
  giveUp?(): readonly string[];
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

/** What is known of a topic. */
interface TopicState {
  /** Rows in the queue, as last counted, with what came and went here since. */
  out: number;
  /** Whether due rows wait in SQL, so that new ones must queue up behind them. */
  isBehind: boolean;
  /** When the next open row is due, as milliseconds of the clock, if that is soon. */
  dueAt: number | undefined;
  /** Rows that their unit has marked as enqueued, on their way to the queue. */
  handed: DueJob[];
}

/**
 * Carries due outbox rows to the queue. Rows that are due when they are written go straight there after the commit of
 * their unit, as long as there is room; for the others it wakes when a job is settled, when the next row falls due, and
 * now and then. Topics take turns, so a noisy one cannot starve the others.
 */
@Injectable()
export class OutboxRelay {
  private readonly awake = new Set<string>();
  private readonly states = new Map<string, TopicState>();
  private readonly timers: NodeJS.Timeout[] = [];
  private dueTimer: NodeJS.Timeout | undefined;
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
    this.target = target;
    for (const topic of topics) this.states.set(topic, { out: 0, isBehind: true, dueAt: undefined, handed: [] });
    await this.restore(ANY_TIME);
    this.every(POLL_MS, async () => this.wake(this.states.keys()));
    this.every(RESTORE_EVERY_MS, () =>
      this.restore(new Date(this.clock.now().getTime() - RESTORE_AFTER_MS).toISOString()),
    );
    this.wake(topics);
  }

  /** Resolves when the last batch is through. */
  async stop(): Promise<void> {
    const { target } = this;
    this.target = undefined;
    for (const timer of this.timers.splice(0)) clearInterval(timer);
    clearTimeout(this.dueTimer);
    this.awake.clear();
    await Promise.all([this.pumping, this.housekeeping]);
    const handed = [...this.states.values()].flatMap((state) => state.handed.splice(0));
    const left = [...handed.map(({ outboxId }) => outboxId), ...(target?.giveUp?.() ?? [])];
    if (left.length > 0) await this.ledger.giveBack(left);
  }

  /** Looks for due rows of these topics, soon. Does nothing where the relay is not running. */
  wake(topics: Iterable<string>): void {
    if (!this.target) return;
    for (const topic of topics) if (this.states.has(topic)) this.awake.add(topic);
    if (this.awake.size > 0 && this.holds === 0) this.pumping ??= this.pump();
  }

  /** Whether so many rows of a topic may be written down as enqueued, to be given to `handOver` after their commit. */
  hasRoom(topic: string, count: number): boolean {
    const state = this.states.get(topic);
    if (!this.target || !state || this.holds > 0 || state.isBehind) return false;
    return this.outOf(topic, state) + count <= WINDOW;
  }

  /** Told of due rows that had no room, so that none overtakes them. */
  fellBehind(topic: string): void {
    const state = this.states.get(topic);
    if (state) state.isBehind = true;
    this.wake([topic]);
  }

  handOver(topic: string, jobs: readonly DueJob[]): void {
    const state = this.states.get(topic)!;
    state.handed.push(...jobs);
    state.out += jobs.length;
    this.wake([topic]);
  }

  /** Hands out nothing while `work` runs. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.holds++;
    try {
      return await work();
    } finally {
      this.holds--;
      this.wake(this.states.keys());
    }
  }

  /** Told when jobs of the topic have left the queue. */
  settled(topic: string, jobIds: readonly string[]): void {
    const state = this.states.get(topic);
    if (!state) return;
    this.target?.settled?.(topic, jobIds);
    state.out = Math.max(0, state.out - jobIds.length);
    if (state.isBehind && this.outOf(topic, state) <= WINDOW - BATCH) this.wake([topic]);
  }

  /** Told when an entry of the queue has been worked through. */
  async entryEnded(topic: string): Promise<void> {
    await this.target?.entryEnded?.(topic);
  }

  /** Opens jobs again that their worker did not come to. */
  async giveBack(topic: string, jobIds: readonly string[]): Promise<void> {
    this.settled(topic, jobIds);
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
        if (await this.relay(topic, this.states.get(topic)!, this.target)) this.awake.add(topic);
      } catch (error) {
        this.log.warn({ error, topic }, 'due work could not be handed to the queue; it will be tried again');
      }
    }
    this.pumping = undefined;
  }

  /** @returns whether more of this topic may be due */
  private async relay(topic: string, state: TopicState, target: RelayTarget): Promise<boolean> {
    if (state.handed.length > 0) {
      await this.enqueue(topic, state.handed.splice(0), target);
      if (!state.isBehind) return false;
    }
    const due = await this.ledger.nextDue([topic]);
    if (!this.isDue(state, due)) {
      state.isBehind = false;
      return false;
    }
    if (!target.held) state.out = await this.ledger.enqueuedCount(topic);
    const room = WINDOW - this.outOf(topic, state);
    state.isBehind = true;
    // a few at a time would cost the queue more than all of them: it waits until a whole batch fits
    if (room < BATCH) return false;
    const limit = Math.min(room, BATCH);
    const jobs = await this.ledger.claim(topic, limit);
    state.isBehind = jobs.length === limit;
    state.out += jobs.length;
    if (jobs.length > 0) await this.enqueue(topic, jobs, target);
    return state.isBehind;
  }

  private async enqueue(topic: string, jobs: readonly DueJob[], target: RelayTarget): Promise<void> {
    try {
      await target.enqueue(topic, jobs);
    } catch (error) {
      await this.ledger.giveBack(jobs.map(({ outboxId }) => outboxId));
      throw error;
    }
    this.metrics.enqueued.inc({ topic }, jobs.length);
  }

  private outOf(topic: string, state: TopicState): number {
    return this.target?.held ? this.target.held(topic) + state.handed.length : state.out;
  }

  /** Notes when the topic's next row is due, and answers whether that is now. */
  private isDue(state: TopicState, due: string | undefined): boolean {
    const wait = due === undefined ? Infinity : Date.parse(due) - this.clock.now().getTime();
    state.dueAt = wait > 0 && wait < POLL_MS ? Date.parse(due!) : undefined;
    if (wait <= 0) return true;
    // one that is moved by hand does not come nearer by waiting
    if (!(this.clock instanceof TestClock)) this.setDueTimer();
    return false;
  }

  /** The poll finds what is due in a second or more; the timer is for what comes sooner. */
  private setDueTimer(): void {
    clearTimeout(this.dueTimer);
    const soon = [...this.states].filter(([, { dueAt }]) => dueAt !== undefined);
    if (!this.target || soon.length === 0) return;
    const next = Math.min(...soon.map(([, { dueAt }]) => dueAt!));
    const wake = (): void => this.wake(soon.map(([topic]) => topic));
    this.dueTimer = setTimeout(wake, Math.max(1, next - this.clock.now().getTime()));
  }

  /** Offers what was enqueued up to `before` to the queue again. */
  private async restore(before: string): Promise<void> {
    for (const topic of this.states.keys()) {
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
