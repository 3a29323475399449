import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Clock, Settings, TestClock } from '../config/index.js';
import { IN_TURN, UnitOfWork } from '../database/index.js';
import { Log } from '../telemetry/index.js';
import { JobHandlers } from './job-handlers.js';
import type { Period, Tick } from './job.js';
import { Outbox } from './outbox.js';
import { Queues } from './queues.js';

const TICK_MS = 20_000;
const LENGTH: Readonly<Record<Period, number>> = { minute: '2026-01-31T09:30'.length, hour: '2026-01-31T09'.length };

/**
 * Promises the jobs that have a period (see `Every`). Each minute or hour of a topic is an outbox item with its own
 * key, so it is done once however many processes tick, and not lost when the process stops in between.
 */
@Injectable()
export class JobClock implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  /** The period that was last promised here, by topic. */
  private readonly promised = new Map<string, string>();

  constructor(
    private readonly handlers: JobHandlers,
    private readonly outbox: Outbox,
    private readonly queues: Queues,
    private readonly uow: UnitOfWork,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.queueMode !== 'required' || this.settings.role === 'api') return;
    // who moves it ticks
    if (this.clock instanceof TestClock) return;
    this.timer = setInterval(() => void this.tick(), TICK_MS);
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Promises the work of the present minute and hour, unless that was done already. */
  async tick(): Promise<void> {
    if (!this.queues.isOpen) return;
    try {
      await this.promise([...this.handlers.scheduled.keys()]);
    } catch (error) {
      this.log.error({ error }, 'the schedule could not be written');
    }
  }

  /**
   * Promises the work of these topics for the minute or hour that it is, unless that was done already.
   * @returns how much was promised now
   */
  async promise(topics: readonly string[]): Promise<number> {
    const now = this.clock.iso();
    const due = topics
      .map((topic) => ({ topic, period: now.slice(0, LENGTH[this.handlers.scheduled.get(topic)!.period]) }))
      .filter(({ topic, period }) => this.promised.get(topic) !== period);
    const items = due.map(({ topic, period }) => ({
      topic,
      key: `${topic}:${period}`,
      payload: { period } satisfies Tick,
    }));
    const added = await this.uow.run((unit) => this.outbox.add(unit, items), IN_TURN);
    for (const { topic, period } of due) this.promised.set(topic, period);
    return added;
  }
}
