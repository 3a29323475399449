import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock, TestClock } from '../config/index.js';
import { conflict, unavailable } from '../errors/index.js';
import { JobClock } from './job-clock.js';
import { JobHandlers } from './job-handlers.js';
import { JobProcessor } from './job-processor.js';
import { OutboxLedger } from './outbox-ledger.js';
import { OutboxRelay } from './outbox-relay.js';
import { Queues } from './queues.js';

export interface Moved {
  /** Where the clock stands, as ISO time. */
  now: string;
  /** Jobs that were done on the way. */
  jobsDone: number;
}

export interface MovePatience {
  /** Real time for the whole move. */
  longestMs?: number;
  /** Real time in which no job ends; 60,000 when left out. */
  stuckAfterMs?: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Longer than any call to the outside may take. */
const STUCK_AFTER_MS = 60_000;
/** Looks at the queue in quick succession come first, as most instants hold a millisecond of work. */
const QUICK_LOOKS = 50;

/**
 * Moves the clock of a server that is tested from outside, from one instant at which work falls due to the next, and
 * has all work of an instant done before it goes on: what waits in the outbox at its very time, the jobs of an hour at
 * its start, and the jobs of a minute at the start of the first minute in which they have something to do (`NextWork`).
 * A job of each minute that does not say so works at the start of each hour and of each minute after one in which
 * other work was done. What is unseen (`Every`) works once an hour instead of each minute, once a day instead of each
 * hour.
 */
@Injectable()
export class ClockMover {
  private last: Promise<unknown> = Promise.resolve();
  /** Times that jobs of each minute still named after they had worked: nothing comes of stopping for those again. */
  private readonly leftOver = new Map<string, string>();

  constructor(
    private readonly queues: Queues,
    private readonly relay: OutboxRelay,
    private readonly ledger: OutboxLedger,
    private readonly processor: JobProcessor,
    private readonly handlers: JobHandlers,
    private readonly jobClock: JobClock,
    private readonly clock: Clock,
  ) {}

  /**
   * Moves the clock on. Calls at the same time go one after the other.
   * @throws AppError conflict where this process does not work on the queue; unavailable when a job does not end or
   *   time is up: the clock then stands at the instant that it had come to, and another call goes on from there
   */
  advance(milliseconds: number, patience: MovePatience = {}): Promise<Moved> {
    const turn = this.last.then(() => this.move(milliseconds, patience));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  /** When the next work falls due, that of each hour included; undefined when there is none. */
  async nextDue(): Promise<string | undefined> {
    const next = await this.nextInstant(false);
    return next === Infinity ? undefined : new Date(next).toISOString();
  }

  private async move(
    milliseconds: number,
    { longestMs = Infinity, stuckAfterMs = STUCK_AFTER_MS }: MovePatience,
  ): Promise<Moved> {
    const { clock } = this;
    if (!(clock instanceof TestClock) || !this.queues.isOpen)
      throw conflict('clock_not_here', 'this process does not do the work of the queue, so it cannot move the clock');
    const target = clock.now().getTime() + milliseconds;
    const started = performance.now();
    const before = this.processor.ended.done;
    // requests since the last move may have made work for the jobs of each minute
    for (let isChanged = true; ;) {
      const isMinute = clock.now().getTime() % MINUTE_MS === 0;
      const hasWorked = await this.workNow(isChanged, stuckAfterMs);
      isChanged = hasWorked || (isChanged && !isMinute);
      const next = await this.nextInstant(isChanged);
      if (next > target) break;
      if (performance.now() - started > longestMs)
        throw unavailable(`the clock has come as far as ${clock.iso()}; call again to go on from there`);
      clock.set(new Date(next));
    }
    clock.set(new Date(target));
    return { now: clock.iso(), jobsDone: this.processor.ended.done - before };
  }

  /** Does all the work of this instant. @returns whether there was other than that of the clock's own jobs */
  private async workNow(isChanged: boolean, stuckAfterMs: number): Promise<boolean> {
    const before = this.processor.ended.all;
    const topics = await this.topicsOfNow(isChanged);
    const promised = await this.jobClock.promise(topics);
    await this.settle(stuckAfterMs);
    for (const topic of topics) {
      const next = await this.handlers.nextWork.get(topic)?.();
      if (next !== undefined && next <= this.clock.iso()) this.leftOver.set(topic, next);
      else this.leftOver.delete(topic);
    }
    return this.processor.ended.all - before > promised;
  }

  private async topicsOfNow(isChanged: boolean): Promise<string[]> {
    const now = this.clock.now().getTime();
    if (now % HOUR_MS === 0) {
      const isDay = now % DAY_MS === 0;
      return [...this.handlers.scheduled]
        .filter(([, { period, isUnseen }]) => isDay || period === 'minute' || !isUnseen)
        .map(([topic]) => topic);
    }
    if (now % MINUTE_MS !== 0) return [];
    const topics: string[] = [];
    for (const topic of this.minuteTopics) {
      if (this.handlers.nextWork.has(topic) ? (await this.nextWorkOf(topic)) <= now : isChanged) topics.push(topic);
    }
    return topics;
  }

  /** Milliseconds of the next instant at which something is to be done; Infinity if there is none. */
  private async nextInstant(isChanged: boolean): Promise<number> {
    const now = this.clock.now().getTime();
    const nextMinute = startOfNext(now, MINUTE_MS);
    const due = await this.ledger.nextDue(this.handlers.topics);
    const instants = [due === undefined ? Infinity : Date.parse(due)];
    if (this.handlers.scheduled.size > 0) instants.push(startOfNext(now, HOUR_MS));
    for (const topic of this.minuteTopics) {
      if (this.handlers.nextWork.has(topic))
        instants.push(Math.max(nextMinute, Math.ceil((await this.nextWorkOf(topic)) / MINUTE_MS) * MINUTE_MS));
      else if (isChanged) instants.push(nextMinute);
    }
    return Math.min(...instants);
  }

  /** Milliseconds from which a job of each minute has something to do; Infinity if that never comes. */
  private async nextWorkOf(topic: string): Promise<number> {
    const next = await this.handlers.nextWork.get(topic)!();
    return next === undefined || next === this.leftOver.get(topic) ? Infinity : Date.parse(next);
  }

  /** Topics of each minute that do something which shows. */
  private get minuteTopics(): string[] {
    return [...this.handlers.scheduled]
      .filter(([, { period, isUnseen }]) => period === 'minute' && !isUnseen)
      .map(([topic]) => topic);
  }

  /** Resolves when nothing is due any more, nor under way. */
  private async settle(stuckAfterMs: number): Promise<void> {
    const { topics } = this.handlers;
    this.relay.wake(topics);
    let ended = this.processor.ended.all;
    let movedAt = performance.now();
    for (let looks = 0; await this.ledger.isBusy(topics, 0); looks++) {
      if (this.processor.ended.all > ended) {
        ended = this.processor.ended.all;
        movedAt = performance.now();
      } else if (performance.now() - movedAt > stuckAfterMs) {
        const stuck = (await this.ledger.busyTopics(topics)).join(', ');
        throw unavailable(
          `no job has ended for ${stuckAfterMs / 1_000} s of real time; those of ${stuck} are under way, and the clock stands at ${this.clock.iso()}`,
        );
      }
      if (looks < QUICK_LOOKS) await nextTurn();
      else await pause(1);
    }
  }
}

const startOfNext = (time: number, lengthMs: number): number => (Math.floor(time / lengthMs) + 1) * lengthMs;
