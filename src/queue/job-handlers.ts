import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { EVERY, JOB, type JobDefinition, type JobHandler, type JobOptions, type Period } from './job.js';

export type RegisteredHandler = JobHandler & Required<JobOptions>;

const DEFAULTS = { concurrency: 4, attempts: 5, backoffMs: 1_000 };
const MOST_IN_A_UNIT = 50;
const MOST_OUTSIDE = 8;

/** Who works on which topic: the methods with `@Job`, found at start-up, before any worker starts. */
@Injectable()
export class JobHandlers implements OnModuleInit {
  private readonly byTopic = new Map<string, RegisteredHandler>();
  /** Topics that the clock promises. */
  readonly scheduled = new Map<string, Period>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  /** @throws Error when a topic has two handlers, or `@Every` stands on what is not a job */
  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders()) {
      if (!instance || typeof instance !== 'object') continue;
      for (const name of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance))) {
        const method = (instance as Record<string, (...args: never[]) => Promise<void>>)[name]!;
        const job = this.reflector.get<JobDefinition | undefined>(JOB, method);
        const period = this.reflector.get<Period | undefined>(EVERY, method);
        if (job) this.register(job.topic, handlerOf(job, method.bind(instance)));
        if (period && !job) throw new Error(`"${name}" has @Every but no @Job that would say what it works on`);
        if (period) this.scheduled.set(job!.topic, period);
      }
    }
  }

  /** @throws Error when the topic has a handler already, or cannot name a queue */
  register(topic: string, handler: JobHandler): void {
    if (this.byTopic.has(topic)) throw new Error(`the topic "${topic}" has a handler already`);
    if (!/^[\w.-]+$/.test(topic))
      throw new Error(`the topic "${topic}" may hold letters, digits, "_", "." and "-" only`);
    const { concurrency, attempts, backoffMs, most, forgetsDone, ...rest } = handler;
    this.byTopic.set(topic, {
      ...rest,
      concurrency: concurrency ?? DEFAULTS.concurrency,
      attempts: attempts ?? DEFAULTS.attempts,
      backoffMs: backoffMs ?? DEFAULTS.backoffMs,
      forgetsDone: forgetsDone ?? false,
      most: 'runOutside' in handler ? 1 : (most ?? ('runManyOutside' in handler ? MOST_OUTSIDE : MOST_IN_A_UNIT)),
    });
  }

  get(topic: string): RegisteredHandler | undefined {
    return this.byTopic.get(topic);
  }

  get topics(): string[] {
    return [...this.byTopic.keys()];
  }
}

function handlerOf({ options }: JobDefinition, method: (...args: never[]) => Promise<void>): JobHandler {
  const { takes, isOutside, ...rest } = options;
  if (isOutside) return { ...rest, ...(takes ? { runManyOutside: method } : { runOutside: method }) } as JobHandler;
  return { ...rest, ...(takes ? { runMany: method } : { run: method }) } as JobHandler;
}
