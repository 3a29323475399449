import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { MarkedMethods } from '../discovery/index.js';
import {
  EVERY,
  JOB,
  type JobDefinition,
  type JobHandler,
  type JobOptions,
  NEXT_WORK,
  type NextWorkFinder,
  type Schedule,
} from './job.js';

type Work = (...args: never[]) => Promise<void>;
export type RegisteredHandler = JobHandler & Required<JobOptions>;

const DEFAULTS = { concurrency: 4, attempts: 5, backoffMs: 1_000, patienceMs: 5_000 };
const MOST_IN_A_UNIT = 50;
const MOST_OUTSIDE = 8;

/** Who works on which topic: the methods with `@Job`, found at start-up, before any worker starts. */
@Injectable()
export class JobHandlers implements OnModuleInit {
  private readonly byTopic = new Map<string, RegisteredHandler>();
  /** Topics that the clock promises. */
  readonly scheduled = new Map<string, Schedule>();
  /** Who says, for which of them, when there will be something to do. */
  readonly nextWork = new Map<string, NextWorkFinder>();

  constructor(private readonly methods: MarkedMethods) {}

  /** @throws Error when a topic has two handlers, or `@Every` or `@NextWork` stands on what is not one */
  onModuleInit(): void {
    const topics = new Map<unknown, string>();
    for (const { mark: job, method, call } of this.methods.find<JobDefinition, Work>(JOB)) {
      this.register(job.topic, handlerOf(job, call));
      topics.set(method, job.topic);
    }
    for (const { mark: schedule, method, name } of this.methods.find<Schedule, Work>(EVERY)) {
      const topic = topics.get(method);
      if (topic === undefined) throw new Error(`"${name}" has @Every but no @Job that would say what it works on`);
      this.scheduled.set(topic, schedule);
    }
    for (const { mark: topic, call, name } of this.methods.find<string, NextWorkFinder>(NEXT_WORK)) {
      if (!this.scheduled.has(topic))
        throw new Error(`"${name}" speaks of "${topic}", which the clock does not promise`);
      this.nextWork.set(topic, call);
    }
  }

  /** @throws Error when the topic has a handler already, or cannot name a queue */
  register(topic: string, handler: JobHandler): void {
    if (this.byTopic.has(topic)) throw new Error(`the topic "${topic}" has a handler already`);
    if (!/^[\w.-]+$/.test(topic))
      throw new Error(`the topic "${topic}" may hold letters, digits, "_", "." and "-" only`);
    const { concurrency, attempts, backoffMs, patienceMs, most, forgetsDone, ...rest } = handler;
    this.byTopic.set(topic, {
      ...rest,
      concurrency: concurrency ?? DEFAULTS.concurrency,
      attempts: attempts ?? DEFAULTS.attempts,
      backoffMs: backoffMs ?? DEFAULTS.backoffMs,
      patienceMs: patienceMs ?? DEFAULTS.patienceMs,
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

function handlerOf({ options }: JobDefinition, method: Work): JobHandler {
  const { takes, isOutside, ...rest } = options;
  if (isOutside) return { ...rest, ...(takes ? { runManyOutside: method } : { runOutside: method }) } as JobHandler;
  return { ...rest, ...(takes ? { runMany: method } : { run: method }) } as JobHandler;
}
