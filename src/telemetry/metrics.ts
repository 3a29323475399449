import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The process's Prometheus registry. Asking twice for a metric gives the same one. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  counter(name: string, help: string, labelNames: string[] = []): Counter {
    return this.existing<Counter>(name) ?? new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  gauge(
    name: string,
    help: string,
    labelNames: string[] = [],
    collect?: (gauge: Gauge) => void | Promise<void>,
  ): Gauge {
    const gauge: Gauge =
      this.existing<Gauge>(name) ??
      new Gauge({
        name,
        help,
        labelNames,
        registers: [this.registry],
        ...(collect && { collect: () => collect(gauge) }),
      });
    return gauge;
  }

  /** @param buckets upper bounds, in seconds by default */
  histogram(name: string, help: string, labelNames: string[] = [], buckets: number[] = LATENCY_BUCKETS): Histogram {
    return (
      this.existing<Histogram>(name) ?? new Histogram({ name, help, labelNames, buckets, registers: [this.registry] })
    );
  }

  private existing<T>(name: string): T | undefined {
    return this.registry.getSingleMetric(name) as T | undefined;
  }
}
