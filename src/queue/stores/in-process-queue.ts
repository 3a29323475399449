import type { FinishedStatus, JobJson, JobState } from 'bullmq';
import { JobHeap } from './job-heap.js';

export interface StoredJob {
  readonly json: JobJson;
  state: Exclude<JobState, 'prioritized' | 'waiting-children'>;
  /** Who works on it, and until when that is believed without a word. */
  lock: { token: string; until: number } | undefined;
  /** Seen by a check for stalled jobs; those that were not seen yet may have begun this very moment. */
  isMarked: boolean;
  /** When a delayed job may run, as milliseconds of the clock. */
  dueAt: number;
  /** Its entry in the heap that it waits in. */
  entry: unknown;
}

/** How many finished jobs are kept: `count` of the latest, and of those the ones not older than `ageMs`. */
export interface Keep {
  count: number;
  ageMs: number;
}

/**
 * One queue in memory. Jobs run in order of priority (0, the default, goes first), then of their coming; delayed ones
 * come when they are due.
 */
export class InProcessQueue {
  readonly jobs = new Map<string, StoredJob>();
  readonly meta = new Map<string, string>();
  /** In order of finishing. */
  private readonly finished = { completed: new Set<StoredJob>(), failed: new Set<StoredJob>() };
  private readonly waiting = new JobHeap<StoredJob>(({ state }) => state === 'waiting');
  private readonly delayed = new JobHeap<StoredJob>(({ state }) => state === 'delayed');
  private readonly waiters = new Set<(dueAt: number) => void>();
  private lastId = 0;
  private lastTurn = 0;
  private checkedAt = -Infinity;

  /** Keeps a job that has the id already as it stands. @returns the id */
  add(json: JobJson, jobId: string): string {
    const id = jobId || String(++this.lastId);
    if (this.jobs.has(id)) return id;
    // what is stored is a copy, as it would be in any other store
    const own = { ...json, id, opts: structuredClone(json.opts), timestamp: json.timestamp ?? Date.now() };
    const job: StoredJob = {
      json: own,
      state: 'waiting',
      lock: undefined,
      isMarked: false,
      dueAt: 0,
      entry: undefined,
    };
    this.jobs.set(id, job);
    const delay = own.delay ?? own.opts.delay ?? 0;
    if (delay > 0) this.delay(job, own.timestamp + delay, delay);
    else this.enqueue(job, own.opts.lifo);
    return id;
  }

  /** @param isNext whether it goes before the others of its priority */
  enqueue(job: StoredJob, isNext = false): void {
    this.leave(job);
    job.state = 'waiting';
    const turn = ++this.lastTurn;
    this.waiting.add(job, priorityOf(job), isNext ? -turn : turn);
    this.wake(0);
  }

  delay(job: StoredJob, dueAt: number, delayMs: number): void {
    this.leave(job);
    job.state = 'delayed';
    job.dueAt = dueAt;
    job.json.delay = delayMs;
    this.delayed.add(job, dueAt, ++this.lastTurn);
    this.wake(dueAt);
  }

  /** @returns the next job, locked for `token`, or undefined when none may run */
  take(token: string, lockMs: number, workerName: string | undefined): StoredJob | undefined {
    this.bringDue();
    const job = this.isPaused ? undefined : this.waiting.take();
    if (!job) return undefined;
    const now = Date.now();
    job.state = 'active';
    job.isMarked = false;
    job.lock = { token, until: now + lockMs };
    job.json.attemptsStarted = (job.json.attemptsStarted ?? 0) + 1;
    job.json.processedOn = now;
    if (workerName !== undefined) job.json.processedBy = workerName;
    // a job for another worker that waits
    if (this.waiting.peek()) this.wake(0);
    return job;
  }

  finish(job: StoredJob, state: FinishedStatus, finishedOn: number, keep: Keep): void {
    if (keep.count === 0) return this.remove(job);
    this.leave(job);
    job.state = state;
    job.json.finishedOn = finishedOn;
    const all = this.finished[state];
    all.add(job);
    for (const oldest of all) {
      if (all.size <= keep.count && oldest.json.finishedOn! > finishedOn - keep.ageMs) break;
      this.remove(oldest);
    }
  }

  remove(job: StoredJob): void {
    this.leave(job);
    this.jobs.delete(job.json.id);
  }

  /**
   * Takes jobs from workers that have not renewed their locks, and puts them first in line. A job is taken only if the
   * check before saw it too. Checks that follow each other within `intervalMs` count as one.
   * @param most how often a job may stall before it is to fail
   */
  takeStalled(most: number, intervalMs: number): string[] {
    const now = Date.now();
    if (now < this.checkedAt + intervalMs) return [];
    this.checkedAt = now;
    const stalled: string[] = [];
    for (const job of this.inState('active')) {
      if (!job.isMarked || job.lock!.until >= now) {
        job.isMarked = true;
        continue;
      }
      job.json.stalledCounter = (job.json.stalledCounter ?? 0) + 1;
      if (job.json.stalledCounter > most) job.json.deferredFailure = 'job stalled more than allowable limit';
      this.enqueue(job, true);
      stalled.push(job.json.id);
    }
    return stalled;
  }

  get isPaused(): boolean {
    return this.meta.has('paused');
  }

  pause(isPaused: boolean): void {
    if (isPaused) this.meta.set('paused', '1');
    else this.meta.delete('paused');
    this.wake(0);
  }

  /** When the next delayed job is due, as milliseconds of the clock; 0 if there is none. */
  get nextDue(): number {
    return this.delayed.peek()?.first ?? 0;
  }

  /**
   * Resolves when a job may be taken (0), when one was delayed (the time when it is due), or undefined after so long.
   * @returns the promise, and the function that ends it
   */
  awaitJob(longestMs: number): { promise: Promise<number | undefined>; end: () => void } {
    this.bringDue();
    if (!this.isPaused && this.waiting.peek()) return { promise: Promise.resolve(0), end: () => undefined };
    let settle: (dueAt: number | undefined) => void = () => undefined;
    const promise = new Promise<number | undefined>((resolve) => (settle = resolve));
    const wait = Math.min(longestMs, this.nextDue ? this.nextDue - Date.now() : Infinity);
    const end = (dueAt?: number): void => {
      clearTimeout(timer);
      this.waiters.delete(end);
      settle(dueAt);
    };
    const timer = setTimeout(end, Math.max(wait, 0));
    this.waiters.add(end);
    return { promise, end };
  }

  /** Jobs in this state, in the order in which they would leave it. */
  inState(state: StoredJob['state']): StoredJob[] {
    switch (state) {
      case 'waiting':
        return this.waiting.list();
      case 'delayed':
        return this.delayed.list();
      case 'active':
        return [...this.jobs.values()].filter((job) => job.state === 'active');
      default:
        return [...this.finished[state]];
    }
  }

  private leave(job: StoredJob): void {
    job.lock = undefined;
    job.entry = undefined;
    if (job.state === 'completed' || job.state === 'failed') this.finished[job.state].delete(job);
  }

  private bringDue(): void {
    const now = Date.now();
    for (let due = this.delayed.peek(); due && due.first <= now; due = this.delayed.peek()) {
      due.job.json.delay = 0;
      this.enqueue(due.job);
    }
  }

  /** Tells one of those who wait; on a paused queue nobody. */
  private wake(dueAt: number): void {
    if (this.isPaused) return;
    const [end] = this.waiters;
    if (end && (dueAt > 0 || this.waiting.peek())) end(dueAt);
  }
}

export const priorityOf = ({ json }: StoredJob): number => json.priority ?? json.opts.priority ?? 0;
