import { Injectable } from '@nestjs/common';
import type { Unit } from '../database/index.js';

export interface Job<P = unknown> {
  readonly outboxId: string;
  readonly topic: string;
  /** The idempotency key that the work was promised under. */
  readonly key: string;
  readonly payload: P;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly createdAt: string;
}

interface HandlerOptions {
  /**
   * Jobs of this topic that one process works on at once; 4 by default. SQLite lets one unit in at a time all the
   * same.
   */
  concurrency?: number;
  /** Tries before the row goes to the dead letters; 5 by default. */
  attempts?: number;
  /** Wait before the second try, doubled for each further one; 1,000 by default. */
  backoffMs?: number;
}

/** Work that is all database: what `run` writes and the note that the job is done are one unit. */
export interface UnitHandler extends HandlerOptions {
  // method syntax, so that a handler may name the type of its payload
  run(job: Job<never>, unit: Unit): Promise<void>;
}

/**
 * Work with a call to the outside, during which no unit may be open. `settle` opens the unit that records the effect
 * together with the note that the job is done; a handler that returns without it has failed.
 */
export interface OutsideHandler extends HandlerOptions {
  runOutside(job: Job<never>, settle: Settle): Promise<void>;
}

export type Settle = (work: (unit: Unit) => Promise<void>) => Promise<void>;
export type JobHandler = UnitHandler | OutsideHandler;
export type RegisteredHandler = JobHandler & Required<HandlerOptions>;

const DEFAULTS: Required<HandlerOptions> = { concurrency: 4, attempts: 5, backoffMs: 1_000 };

/** Who works on which topic. Modules register in `onModuleInit`; the workers start after all of them have. */
@Injectable()
export class JobHandlers {
  private readonly byTopic = new Map<string, RegisteredHandler>();

  /** @throws Error when the topic has a handler already */
  register(topic: string, handler: JobHandler): void {
    if (this.byTopic.has(topic)) throw new Error(`the topic "${topic}" has a handler already`);
    if (!/^[\w.-]+$/.test(topic))
      throw new Error(`the topic "${topic}" may hold letters, digits, "_", "." and "-" only`);
    const {
      concurrency = DEFAULTS.concurrency,
      attempts = DEFAULTS.attempts,
      backoffMs = DEFAULTS.backoffMs,
    } = handler;
    const options = { concurrency, attempts, backoffMs };
    // bound, because a handler may be an object of a class
    if ('run' in handler) this.byTopic.set(topic, { ...options, run: handler.run.bind(handler) });
    else this.byTopic.set(topic, { ...options, runOutside: handler.runOutside.bind(handler) });
  }

  get(topic: string): RegisteredHandler | undefined {
    return this.byTopic.get(topic);
  }

  get topics(): string[] {
    return [...this.byTopic.keys()];
  }
}
