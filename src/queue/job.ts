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

export interface JobOptions {
  /**
   * Entries of this topic that one process works on at once; 4 by default. On SQLite, where one unit is let in at a
   * time, work inside a unit takes one.
   */
  concurrency?: number;
  /** Tries before the row goes to the dead letters; 5 by default. */
  attempts?: number;
  /** Wait before the second try, doubled for each further one; 1,000 by default. */
  backoffMs?: number;
  /** For handlers that take many: how many at most; 50 by default, 8 where each is a call to the outside. */
  most?: number;
  /** For work inside a unit: how long it lets requests go first where one unit writes at a time; 5,000 by default. */
  patienceMs?: number;
  /**
   * The row of a job goes when it is done: for topics whose keys nobody can promise again, such as those that name a
   * row made in the same unit.
   */
  forgetsDone?: boolean;
}

/** Work that is all database: what `run` writes and the note that the job is done are one unit. */
export interface UnitHandler extends JobOptions {
  // method syntax, so that a handler may name the type of its payload
  run(job: Job<never>, unit: Unit): Promise<void>;
}

/**
 * The same for many jobs at once, with statements that they share. When it throws, nothing of it stays, and each job
 * is given to it alone, so that a bad one falls alone.
 */
export interface BatchHandler extends JobOptions {
  runMany(jobs: readonly Job<never>[], unit: Unit): Promise<void>;
}

/**
 * Work with a call to the outside, during which no unit may be open. `settle` opens the unit that records the effect
 * together with the note that the job is done; a handler that returns without it has failed.
 */
export interface OutsideHandler extends JobOptions {
  runOutside(job: Job<never>, settle: Settle): Promise<void>;
}

/** The same for many jobs at once; `settle` records what came of those that it names, and may be called repeatedly. */
export interface OutsideBatchHandler extends JobOptions {
  runManyOutside(jobs: readonly Job<never>[], settle: SettleMany): Promise<void>;
}

export type Settle = (work: (unit: Unit) => Promise<void>) => Promise<void>;
export type SettleMany = (results: readonly JobResult[]) => Promise<void>;
/** What came of one job: how to record it, or why it failed. */
export type JobResult = { job: Job } & ({ record: (unit: Unit) => Promise<void> } | { error: unknown });

export type JobHandler = UnitHandler | BatchHandler | OutsideHandler | OutsideBatchHandler;

export const JOB = Symbol('job');
export const EVERY = Symbol('every');
export const NEXT_WORK = Symbol('next work');

export interface JobDefinition {
  topic: string;
  options: JobOptions & { takes?: 'many'; isOutside?: boolean };
}

type Method<H> = (target: object, name: string | symbol, descriptor: TypedPropertyDescriptor<H>) => void;
type One = (job: Job<never>, unit: Unit) => Promise<void>;
type Many = (jobs: readonly Job<never>[], unit: Unit) => Promise<void>;
type OneOutside = (job: Job<never>, settle: Settle) => Promise<void>;
type ManyOutside = (jobs: readonly Job<never>[], settle: SettleMany) => Promise<void>;

/**
 * Marks a provider's method as the handler of a topic: of one job inside a unit, of many (`takes: 'many'`), or of work
 * with calls to the outside (`isOutside`). There is one handler a topic.
 */
export function Job<H extends One>(
  topic: string,
  options?: JobOptions & { takes?: never; isOutside?: never },
): Method<H>;
export function Job<H extends Many>(
  topic: string,
  options: JobOptions & { takes: 'many'; isOutside?: never },
): Method<H>;
export function Job<H extends OneOutside>(
  topic: string,
  options: JobOptions & { takes?: never; isOutside: true },
): Method<H>;
export function Job<H extends ManyOutside>(
  topic: string,
  options: JobOptions & { takes: 'many'; isOutside: true },
): Method<H>;
// what the overloads promise
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function Job(topic: string, options: JobDefinition['options'] = {}): Method<any> {
  return (_target, _name, { value }) => Reflect.defineMetadata(JOB, { topic, options } satisfies JobDefinition, value!);
}

export type Period = 'minute' | 'hour';

export interface PeriodOptions {
  /**
   * Hardly anything shows of when it works, so that a clock that is moved stops for it once an hour instead of each
   * minute, once a day instead of each hour.
   */
  isUnseen?: boolean;
}

export interface Schedule extends PeriodOptions {
  period: Period;
}

/**
 * Has the handler of a topic (see `Job`) work once in each minute or hour, however many processes there are: its
 * payload is a `Tick`. A job of each minute says with `NextWork` when it will have something to do, or that it is
 * unseen: a clock that is moved (see `ClockMover`) passes over the minutes in which it has nothing.
 */
export function Every(period: Period, options: PeriodOptions = {}): MethodDecorator {
  return (_target, _name, { value }: PropertyDescriptor) =>
    Reflect.defineMetadata(EVERY, { period, ...options } satisfies Schedule, value as object);
}

/** @returns the ISO time from which the job has something to do, as the rows stand; undefined if none will come */
export type NextWorkFinder = () => Promise<string | undefined>;

/** Marks the method that says when the job of each minute of this topic will have something to do. */
export function NextWork(
  topic: string,
): (target: object, name: string | symbol, descriptor: TypedPropertyDescriptor<NextWorkFinder>) => void {
  return (_target, _name, { value }) => Reflect.defineMetadata(NEXT_WORK, topic, value!);
}

export interface Tick {
  /** The minute or hour that this is for, as `2026-01-31T09` or `2026-01-31T09:30`. */
  readonly period: string;
}
