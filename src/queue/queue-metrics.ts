import { Injectable } from '@nestjs/common';
import { Metrics } from '../telemetry/index.js';

/** The module's Prometheus series, all by topic. */
@Injectable()
export class QueueMetrics {
  readonly enqueued;
  readonly done;
  readonly failed;
  readonly dead;
  /** From the moment a job may run to the commit of its effect, waits between its tries left out. */
  readonly latency;

  constructor(metrics: Metrics) {
    this.enqueued = metrics.counter('herald_queue_enqueued_total', 'Jobs handed to the queue', ['topic']);
    this.done = metrics.counter('herald_queue_done_total', 'Jobs whose effect is recorded', ['topic']);
    this.failed = metrics.counter('herald_queue_failed_total', 'Tries that failed', ['topic']);
    this.dead = metrics.counter('herald_queue_dead_total', 'Jobs given up and kept as dead letters', ['topic']);
    this.latency = metrics.histogram('herald_queue_latency_seconds', 'From due to done', ['topic']);
  }
}
