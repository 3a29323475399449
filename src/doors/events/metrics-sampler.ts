import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Clock, newId } from '../../config/index.js';
import { Log, Metrics } from '../../telemetry/index.js';
import { EventHub } from './event-hub.js';

const EVERY_MS = 10_000;
const NS_PER_MS = 1e6;

/**
 * How this process is doing, told every ten seconds while somebody watches. It is kept nowhere: the past is in the
 * metrics of a monitoring system.
 */
@Injectable()
export class MetricsSampler implements OnModuleInit, BeforeApplicationShutdown {
  private readonly processId = newId('proc');
  private readonly delays = monitorEventLoopDelay({ resolution: 20 });
  private timer: NodeJS.Timeout | undefined;
  private operationsThen = 0;

  constructor(
    private readonly hub: EventHub,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(
      () => void this.sample().catch((error: unknown) => this.log.warn({ error }, 'a sample could not be told')),
      EVERY_MS,
    );
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
    this.delays.disable();
  }

  /** Tells one sample if there is anybody to hear it. */
  async sample(): Promise<void> {
    if (this.hub.feedCount === 0) {
      this.delays.disable();
      return;
    }
    const operations = await this.operationCount();
    const since = Math.max(0, operations - this.operationsThen);
    this.operationsThen = operations;
    const p99 = this.delays.percentile(99) / NS_PER_MS;
    this.delays.reset();
    this.delays.enable();
    await this.hub.tellOnce({
      type: 'metrics.sampled',
      at: this.clock.iso(),
      subject_kind: 'process',
      subject_id: this.processId,
      scope: 'system:read',
      data: {
        uptime_seconds: Math.round(process.uptime()),
        rss_mb: Math.round(process.memoryUsage.rss() / 1e6),
        operations_since: since,
        event_loop_delay_p99_ms: Math.round(p99 * 10) / 10,
        watchers: this.hub.feedCount,
      },
    });
  }

  private async operationCount(): Promise<number> {
    const values = (await this.metrics.registry.getSingleMetric('herald_operation_seconds')?.get())?.values ?? [];
    return values.reduce(
      (sum, each) => sum + ((each as { metricName?: string }).metricName?.endsWith('_count') ? each.value : 0),
      0,
    );
  }
}
