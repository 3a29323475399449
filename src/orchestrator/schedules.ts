import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { Clock, Settings } from '../config/index.js';
import { type Unit, UnitOfWork, lt } from '../database/index.js';
import { ConsolidationService } from '../memory/index.js';
import { IdempotencyRecord } from '../operations/index.js';
import { JobHandlers, Outbox, Queues } from '../queue/index.js';
import { Log } from '../telemetry/index.js';
import { EngagementEpisodes } from './engagement/engagement-episodes.js';
import { InboxSweep } from '../inbox/index.js';
import { CAMPAIGN_SIGNAL_TOPIC } from './optimization/campaign-signals.js';
import { OptimizationService } from './optimization/optimization.service.js';

const TICK_MS = 20_000;
const MINUTE_TOPIC = 'schedule.minute';
const HOUR_TOPIC = 'schedule.hour';
const UNANSWERED_TOPIC = 'engagement.unanswered';
const KEEP_IDEMPOTENCY_MS = 86_400_000;

/**
 * What happens by the clock. Each minute and each hour is an outbox item with its own key, so it is done once however
 * many processes tick, and not lost when the process stops in between.
 */
@Injectable()
export class Schedules implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly handlers: JobHandlers,
    private readonly outbox: Outbox,
    private readonly queues: Queues,
    private readonly unitOfWork: UnitOfWork,
    private readonly inbox: InboxSweep,
    private readonly optimization: OptimizationService,
    private readonly episodes: EngagementEpisodes,
    private readonly consolidation: ConsolidationService,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.handlers.register(MINUTE_TOPIC, { concurrency: 1, run: (_, unit) => this.everyMinute(unit) });
    this.handlers.register(HOUR_TOPIC, { concurrency: 1, run: (_, unit) => this.everyHour(unit) });
    this.handlers.register(UNANSWERED_TOPIC, {
      concurrency: 1,
      runOutside: async (_, settle) => {
        await this.episodes.finishUnanswered();
        await settle(() => Promise.resolve());
      },
    });
  }

  onApplicationBootstrap(): void {
    if (this.settings.queueMode !== 'required' || this.settings.role === 'api') return;
    this.timer = setInterval(() => void this.tick(), TICK_MS);
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Promises the work of the present minute and hour, unless that was done already. */
  async tick(): Promise<void> {
    if (!this.queues.isOpen) return;
    const now = this.clock.iso();
    const items = [
      { topic: MINUTE_TOPIC, key: `${MINUTE_TOPIC}:${now.slice(0, 16)}`, payload: {} },
      { topic: HOUR_TOPIC, key: `${HOUR_TOPIC}:${now.slice(0, 13)}`, payload: {} },
    ];
    await this.unitOfWork
      .run((unit) => this.outbox.add(unit, items))
      .catch((error: unknown) => this.log.error({ error }, 'the schedule could not be written'));
  }

  private async everyMinute(unit: Unit): Promise<void> {
    const now = this.clock.iso();
    await this.inbox.climbOverdue(unit, now);
    await this.inbox.expireOverdue(unit, now);
  }

  private async everyHour(unit: Unit): Promise<void> {
    const now = this.clock.iso();
    const forgottenBefore = new Date(this.clock.now().getTime() - KEEP_IDEMPOTENCY_MS).toISOString();
    await unit.of(IdempotencyRecord).delete({ created_at: lt(forgottenBefore) });
    await this.outbox.add(unit, [
      { topic: UNANSWERED_TOPIC, key: `${UNANSWERED_TOPIC}:${now.slice(0, 13)}`, payload: {} },
    ]);
    await this.consolidation.promise(unit, now.slice(0, 13), 'schedule');
    const campaigns = await this.optimization.activeCampaigns(unit);
    await this.outbox.add(
      unit,
      campaigns.map((campaign_id) => ({
        topic: CAMPAIGN_SIGNAL_TOPIC,
        key: `${CAMPAIGN_SIGNAL_TOPIC}:${campaign_id}:hourly:${now.slice(0, 13)}`,
        payload: { campaign_id },
      })),
    );
  }
}
