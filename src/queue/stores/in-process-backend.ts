import { EventEmitter } from 'node:events';
import {
  type BackendFactory,
  ErrorCode,
  type FinishedStatus,
  type IQueueBackend,
  type JobJson,
  type JobState,
  type JobType,
  type JobsOptions,
  type KeepJobs,
  type MinimalJob,
  type QueueBaseOptions,
  type RetryJobOpts,
  type RetryOptions,
  type WorkerOptions,
} from 'bullmq';
import { InProcessQueue, type Keep, type StoredJob, priorityOf } from './in-process-queue.js';

/** What Herald does not use of BullMQ, and what is therefore not here. */
export const REFUSED = [
  ...['addFlow', 'moveToWaitingChildren', 'removeUnprocessedChildren', 'removeChildDependency'],
  ...['getDependencyCounts', 'getDependencies', 'getProcessedChildrenValues', 'getIgnoredChildrenFailures', 'paginate'],
  ...['addJobScheduler', 'updateJobSchedulerNextMillis', 'removeJobScheduler', 'getJobScheduler', 'isJobScheduler'],
  ...['getJobSchedulerData', 'getJobSchedulersRange', 'getJobSchedulersCount'],
  ...['removeDeduplicationKey', 'deleteDeduplicationKey', 'getDeduplicationJobId'],
  ...['setRateLimit', 'removeRateLimitKey', 'getRateLimitTtl', 'getMetrics'],
  ...['addLog', 'clearLogs', 'getJobLogs', 'publishEvent', 'readEvents', 'trimEvents'],
  ...['removeOrphanedJobs', 'removeDeprecatedPriorityKey'],
] as const satisfies readonly (keyof IQueueBackend)[];

const REFUSED_OPTIONS: readonly (keyof JobsOptions | 'repeat')[] = ['parent', 'repeat', 'deduplication', 'keepLogs'];
const REFUSED_META = ['concurrency', 'max', 'duration'];

function refuse(what: string): never {
  throw new Error(`the in-process queue does not support "${what}"`);
}

type Refused = Pick<IQueueBackend, (typeof REFUSED)[number]>;
const Refusing = class extends EventEmitter {} as unknown as new () => EventEmitter & Refused;
for (const name of REFUSED) {
  Object.defineProperty(Refusing.prototype, name, { value: async () => refuse(name), configurable: true });
}

/** The backends of one store: queues of the same name share their jobs. */
export function inProcessBackends(): BackendFactory {
  const queues = new Map<string, InProcessQueue>();
  return (name, opts) => new InProcessBackend(name, opts, queues);
}

/**
 * BullMQ's store, in the memory of this process: what a job meets here is what it would meet on Redis or PostgreSQL,
 * but that nothing of it survives the process.
 */
export class InProcessBackend extends Refusing implements IQueueBackend {
  readonly minimumBlockTimeout = 0.001;
  readonly maximumBlockTimeout = 3_600;
  readonly keys = {};
  closing: Promise<void> | undefined;
  private readonly queue: InProcessQueue;
  private readonly waits = new Set<() => void>();
  private isDisconnected = false;

  constructor(
    readonly qualifiedName: string,
    private readonly opts: QueueBaseOptions & Partial<WorkerOptions>,
    private readonly queues: Map<string, InProcessQueue>,
  ) {
    super();
    if (opts.limiter) refuse('limiter');
    if (opts.metrics) refuse('metrics');
    this.queue = queues.get(qualifiedName) ?? new InProcessQueue();
    queues.set(qualifiedName, this.queue);
  }

  async waitUntilReady(): Promise<void> {}

  async close(): Promise<void> {
    this.closing ??= this.disconnectBlocking().then(() => void this.emit('close'));
    await this.closing;
  }

  async disconnect(): Promise<void> {
    await this.disconnectBlocking();
  }

  async setName(): Promise<void> {}

  forQueue(queueName: string): InProcessBackend {
    return new InProcessBackend(queueName, this.opts, this.queues);
  }

  toKey(type: string): string {
    return `${this.qualifiedName}:${type}`;
  }

  parseNodeKey(key: string): { prefix: string; queueName: string; id: string } {
    const end = key.lastIndexOf(':');
    return { prefix: '', queueName: key.slice(0, end), id: key.slice(end + 1) };
  }

  clientName(suffix = ''): string {
    return this.qualifiedName + suffix;
  }

  async addJob(json: JobJson, jobId: string): Promise<string> {
    const refused = REFUSED_OPTIONS.find((option) => json.opts?.[option as keyof JobsOptions] !== undefined);
    if (refused) refuse(refused);
    return this.queue.add(json, jobId);
  }

  async addJobs(entries: { job: JobJson; jobId: string }[]): Promise<string[]> {
    return Promise.all(entries.map(({ job, jobId }) => this.addJob(job, jobId)));
  }

  async moveToActive(token: string, name?: string): Promise<unknown[]> {
    return this.next(token, name);
  }

  async moveToCompleted<T, R, N extends string>(
    { id, opts }: MinimalJob<T, R, N>,
    returnValue: R,
    removeOnComplete: boolean | number | KeepJobs,
    token: string,
    fetchNext: boolean,
  ): Promise<{ result: void | unknown[]; finishedOn: number }> {
    const job = this.own(id!, token, 'moveToFinished');
    job.json.returnvalue = JSON.stringify(returnValue ?? null);
    return this.finish(job, 'completed', removeOnComplete ?? opts.removeOnComplete ?? this.opts.removeOnComplete, {
      token,
      fetchNext,
    });
  }

  async moveToFailed<T, R, N extends string>(
    { id, opts }: MinimalJob<T, R, N>,
    failedReason: string,
    removeOnFail: boolean | number | KeepJobs,
    token: string,
    fetchNext: boolean,
    fields: Record<string, unknown> = {},
  ): Promise<{ result: void | unknown[]; finishedOn: number }> {
    const job = this.own(id!, token, 'moveToFinished');
    update(job, { ...fields, failedReason });
    delete job.json.deferredFailure;
    return this.finish(job, 'failed', removeOnFail ?? opts.removeOnFail ?? this.opts.removeOnFail, {
      token,
      fetchNext,
    });
  }

  async moveToDelayed(
    jobId: string,
    timestamp: number,
    delay: number,
    token = '0',
    { skipAttempt = false, fieldsToUpdate = {}, fetchNext = false }: Parameters<IQueueBackend['moveToDelayed']>[4] = {},
  ): Promise<void | unknown[]> {
    const job = this.own(jobId, token, 'moveToDelayed');
    update(job, fieldsToUpdate);
    if (!skipAttempt) job.json.attemptsMade++;
    this.queue.delay(job, timestamp + delay, delay);
    const next = fetchNext && !this.closing ? this.next(token) : [];
    return next[0] ? next : [];
  }

  async moveJobFromActiveToWait(jobId: string, token = '0'): Promise<number> {
    this.queue.enqueue(this.own(jobId, token, 'moveJobFromActiveToWait'), true);
    return 0;
  }

  async retryJob(jobId: string, lifo: boolean, token = '0', { fieldsToUpdate }: RetryJobOpts = {}): Promise<void> {
    const job = this.own(jobId, token, 'retryJob');
    update(job, fieldsToUpdate);
    job.json.attemptsMade++;
    this.queue.enqueue(job, lifo);
  }

  async retryFinishedJob<T, R, N extends string>(
    { id, opts }: MinimalJob<T, R, N>,
    state: FinishedStatus,
    { resetAttemptsMade = false, resetAttemptsStarted = false }: RetryOptions = {},
  ): Promise<void> {
    const job = this.inState(id!, state, 'reprocessJob');
    this.reopen(job, { resetAttemptsMade, resetAttemptsStarted }, opts.lifo);
  }

  async retryFinishedJobs(state: FinishedStatus = 'failed', count = Infinity, timestamp = Infinity): Promise<number> {
    const jobs = this.queue.inState(state).filter(({ json }) => json.finishedOn! <= timestamp);
    for (const job of jobs.slice(0, count)) {
      this.reopen(job, { resetAttemptsMade: true, resetAttemptsStarted: true });
    }
    return Math.min(jobs.length, count);
  }

  async promote(jobId: string): Promise<void> {
    const job = this.inState(jobId, 'delayed', 'promote');
    job.json.delay = 0;
    this.queue.enqueue(job);
  }

  async promoteJobs(count = Infinity): Promise<number> {
    const jobs = this.queue.inState('delayed').slice(0, count);
    for (const { json } of jobs) await this.promote(json.id);
    return jobs.length;
  }

  async moveStalledJobsToWait(): Promise<string[]> {
    return this.queue.takeStalled(this.opts.maxStalledCount ?? 1, this.opts.stalledInterval ?? 30_000);
  }

  async pause(isPaused: boolean): Promise<void> {
    this.queue.pause(isPaused);
  }

  async drain(isDelayedToo: boolean): Promise<void> {
    for (const job of this.queue.inState('waiting')) this.queue.remove(job);
    if (isDelayedToo) for (const job of this.queue.inState('delayed')) this.queue.remove(job);
  }

  async cleanJobsByState(state: string, timestamp: number, limit = 0): Promise<string[]> {
    const isFinished = state === 'completed' || state === 'failed';
    const jobs = this.ofType(state as JobType).filter(
      ({ json }) => (isFinished ? json.finishedOn! : json.timestamp) <= timestamp,
    );
    const removed = jobs.slice(0, limit || Infinity);
    for (const job of removed) this.queue.remove(job);
    return removed.map(({ json }) => json.id);
  }

  async obliterate({ force, count }: { force: boolean; count: number }): Promise<number> {
    if (!this.queue.isPaused) throw new Error('Cannot obliterate non-paused queue');
    if (!force && this.queue.inState('active').length > 0) throw new Error('Cannot obliterate queue with active jobs');
    for (const job of [...this.queue.jobs.values()].slice(0, count)) this.queue.remove(job);
    if (this.queue.jobs.size > 0) return 1;
    this.queue.meta.clear();
    return 0;
  }

  async extendLock(jobId: string, token: string, duration: number): Promise<number> {
    const job = this.queue.jobs.get(jobId);
    if (job?.lock?.token !== token) return 0;
    job.lock.until = Date.now() + duration;
    return 1;
  }

  async extendLocks(jobIds: string[], tokens: string[], duration: number): Promise<string[]> {
    const extended = await Promise.all(jobIds.map((id, index) => this.extendLock(id, tokens[index]!, duration)));
    return jobIds.filter((_, index) => extended[index] === 0);
  }

  async updateData<T, R, N extends string>({ id }: MinimalJob<T, R, N>, data: T): Promise<void> {
    this.find(id!, 'updateData').json.data = JSON.stringify(data ?? {});
  }

  async updateProgress(jobId: string, progress: JobJson['progress']): Promise<void> {
    this.find(jobId, 'updateProgress').json.progress = progress;
  }

  async changeDelay(jobId: string, delay: number): Promise<void> {
    this.queue.delay(this.inState(jobId, 'delayed', 'changeDelay'), Date.now() + delay, delay);
  }

  async changePriority(jobId: string, priority = 0, lifo = false): Promise<void> {
    const job = this.find(jobId, 'changePriority');
    job.json.priority = priority;
    if (job.state === 'waiting') this.queue.enqueue(job, lifo);
  }

  async remove(jobId: string): Promise<number> {
    const job = this.queue.jobs.get(jobId);
    if (job?.lock) return 0;
    if (job) this.queue.remove(job);
    return 1;
  }

  async getState(jobId: string): Promise<JobState | 'unknown'> {
    const job = this.queue.jobs.get(jobId);
    if (!job) return 'unknown';
    return job.state === 'waiting' && priorityOf(job) > 0 ? 'prioritized' : job.state;
  }

  async isFinished(jobId: string, returnValue?: boolean): Promise<number | [number, string]> {
    const job = this.queue.jobs.get(jobId);
    const [status, value] = !job
      ? ([-1, `Missing key for job ${this.toKey(jobId)}. isFinished`] as const)
      : job.state === 'completed'
        ? ([1, job.json.returnvalue] as const)
        : job.state === 'failed'
          ? ([2, job.json.failedReason] as const)
          : ([0, ''] as const);
    return returnValue ? [status, value] : status;
  }

  async isMaxed(): Promise<boolean> {
    return false;
  }

  async isJobInState(state: string, jobId: string): Promise<boolean> {
    return this.ofType(state as JobType).some(({ json }) => json.id === jobId);
  }

  async getJobData(jobId: string): Promise<JobJson | undefined> {
    const job = this.queue.jobs.get(jobId);
    return job && { ...job.json };
  }

  async getCounts(types: JobType[], delayedBefore = Infinity): Promise<number[]> {
    return types.map((type) => {
      const jobs = this.ofType(type);
      return type === 'delayed' && delayedBefore < Infinity
        ? jobs.filter(({ dueAt }) => dueAt < delayedBefore).length
        : jobs.length;
    });
  }

  async getCountsPerPriority(priorities: number[]): Promise<number[]> {
    const waiting = this.queue.inState('waiting').map(priorityOf);
    return priorities.map((priority) => waiting.filter((each) => each === priority).length);
  }

  async getRanges(types: JobType[], start = 0, end = -1, asc = false): Promise<[string][]> {
    return types.map((type) => {
      const ids = this.ofType(type).map(({ json }) => json.id);
      if (!asc) ids.reverse();
      const range = ids.slice(start, end < 0 ? ids.length + end + 1 : end + 1);
      // Queue turns these around again, as Redis gives its lists
      return (asc && ['wait', 'waiting', 'active'].includes(type) ? range.reverse() : range) as [string];
    });
  }

  async getClientList(): Promise<string[]> {
    return [];
  }

  async setQueueMeta(values: Record<string, string | number>): Promise<number> {
    const refused = REFUSED_META.find((field) => field in values);
    if (refused) refuse(`global ${refused}`);
    for (const [field, value] of Object.entries(values)) this.queue.meta.set(field, String(value));
    return Object.keys(values).length;
  }

  async getQueueMetaField(field: string): Promise<string | null> {
    return this.queue.meta.get(field) ?? null;
  }

  async getQueueMetaFields(fields: string[]): Promise<(string | null)[]> {
    return fields.map((field) => this.queue.meta.get(field) ?? null);
  }

  async getQueueMeta(): Promise<Record<string, string>> {
    return Object.fromEntries(this.queue.meta);
  }

  async removeQueueMetaFields(fields: string[]): Promise<number> {
    return fields.filter((field) => this.queue.meta.delete(field)).length;
  }

  async hasQueueMetaField(field: string): Promise<boolean> {
    return this.queue.meta.has(field);
  }

  async waitForJob(blockTimeout: number): Promise<{ member: string; score: number } | null> {
    if (this.closing || this.isDisconnected) return null;
    const { promise, end } = this.queue.awaitJob(blockTimeout * 1_000);
    this.waits.add(end);
    const dueAt = await promise;
    this.waits.delete(end);
    return dueAt === undefined ? null : { member: this.qualifiedName, score: dueAt };
  }

  async disconnectBlocking(): Promise<void> {
    this.isDisconnected = true;
    for (const end of this.waits) end();
  }

  async reconnectBlocking(): Promise<void> {
    this.isDisconnected = false;
  }

  private next(token: string, workerName = this.opts.name): unknown[] {
    const job = this.queue.take(token, this.opts.lockDuration ?? 30_000, workerName);
    return job ? [{ ...job.json }, job.json.id, 0, 0] : [null, '', 0, this.queue.nextDue];
  }

  private finish(
    job: StoredJob,
    state: FinishedStatus,
    keep: boolean | number | KeepJobs | undefined,
    { token, fetchNext }: { token: string; fetchNext: boolean },
  ): { result: void | unknown[]; finishedOn: number } {
    const finishedOn = Date.now();
    job.json.attemptsMade++;
    this.queue.finish(job, state, finishedOn, keepOf(keep));
    return { result: fetchNext && !this.closing ? this.next(token) : undefined, finishedOn };
  }

  private reopen(job: StoredJob, { resetAttemptsMade, resetAttemptsStarted }: RetryOptions, lifo?: boolean): void {
    for (const field of ['finishedOn', 'processedOn', 'returnvalue', 'failedReason', 'stacktrace'] as const)
      delete (job.json as Partial<JobJson>)[field];
    if (resetAttemptsMade) job.json.attemptsMade = 0;
    if (resetAttemptsStarted) job.json.attemptsStarted = 0;
    this.queue.enqueue(job, lifo);
  }

  private ofType(type: JobType): StoredJob[] {
    switch (type) {
      case 'wait':
      case 'waiting':
        return this.queue.inState('waiting').filter((job) => priorityOf(job) === 0);
      case 'prioritized':
        return this.queue.inState('waiting').filter((job) => priorityOf(job) > 0);
      case 'active':
      case 'delayed':
      case 'completed':
      case 'failed':
        return this.queue.inState(type);
      default:
        return [];
    }
  }

  private find(jobId: string, command: string): StoredJob {
    return this.queue.jobs.get(jobId) ?? fail(ErrorCode.JobNotExist, `Missing key for job ${jobId}. ${command}`);
  }

  private inState(jobId: string, state: StoredJob['state'], command: string): StoredJob {
    const job = this.find(jobId, command);
    if (job.state !== state) fail(ErrorCode.JobNotInState, `Job ${jobId} is not in the ${state} state. ${command}`);
    return job;
  }

  /** The active job, if `token` is that of its lock. */
  private own(jobId: string, token: string, command: string): StoredJob {
    const job = this.find(jobId, command);
    if (!job.lock) fail(ErrorCode.JobLockNotExist, `Missing lock for job ${jobId}. ${command}`);
    if (token !== '0' && job.lock?.token !== token)
      fail(ErrorCode.JobLockMismatch, `Lock mismatch for job ${jobId}. Cmd ${command} from active`);
    return job;
  }
}

/** BullMQ's own words and codes, which its classes look at. */
function fail(code: ErrorCode, message: string): never {
  throw Object.assign(new Error(message), { code });
}

function update({ json }: StoredJob, { failedReason, stacktrace }: Record<string, unknown> = {}): void {
  if (failedReason !== undefined) json.failedReason = failedReason as string;
  if (stacktrace !== undefined) json.stacktrace = stacktrace as string;
}

function keepOf(keep: boolean | number | KeepJobs | undefined): Keep {
  if (keep === true) return { count: 0, ageMs: Infinity };
  if (keep === undefined || keep === false) return { count: Infinity, ageMs: Infinity };
  if (typeof keep === 'number') return { count: keep < 0 ? Infinity : keep, ageMs: Infinity };
  const { count = Infinity, age = Infinity } = keep as { count?: number; age?: number };
  return { count: count < 0 ? Infinity : count, ageMs: age * 1_000 };
}
