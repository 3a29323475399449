import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type IQueueBackend, type Job, Queue, Worker, type WorkerOptions } from 'bullmq';
import { Settings } from '../../src/config/index.js';
import { openQueueStore } from '../../src/queue/stores/open-queue-store.js';
import type { QueueStore } from '../../src/queue/stores/queue-store.js';
import { STORES } from './queue-fixture.js';

type AnyQueue = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>;
type AnyWorker = Worker<unknown, unknown, string, IQueueBackend>;

const NAME = 'herald.contract';
const QUICK: Partial<WorkerOptions> = { drainDelay: 1, lockDuration: 200, lockRenewTime: 50, stalledInterval: 50 };

/** What Herald uses of BullMQ means the same on each store. */
describe.each(STORES)('BullMQ on the $name store', (target) => {
  if (target.missing) {
    it.skip(`keeps its contract (not run: ${target.missing})`, () => undefined);
    return;
  }

  let dataDir: string;
  let store: QueueStore;
  let queue: AnyQueue;
  const workers: AnyWorker[] = [];
  const ran: string[] = [];
  const names = (...list: string[]) => list.map((name) => ({ name, data: {} }));

  function work(
    processor: (job: Job<unknown, unknown>) => Promise<unknown> = async () => undefined,
    options: Partial<WorkerOptions> = {},
  ): AnyWorker {
    const worker = new Worker<unknown, unknown, string, IQueueBackend>(
      NAME,
      async (job) => {
        ran.push(job.name);
        return processor(job);
      },
      { connection: store.consumer, ...QUICK, ...options },
      store.backend,
    );
    // a lost lock is an error that the worker tells of, which some of these tests bring about
    worker.on('error', () => undefined);
    workers.push(worker);
    return worker;
  }

  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    const started = performance.now();
    while (!(await isSo())) {
      if (performance.now() - started > 10_000) throw new Error('this never came to be');
      await pause(5);
    }
  }
  const isEmpty = async () => (await queue.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized')) === 0;

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'herald-queue-'));
    const environment = await target.prepare();
    const settings = new Settings({ HERALD_DATA_DIR: dataDir, ...environment });
    store = await openQueueStore({ settings, workers: 3, onError: () => undefined });
    queue = new Queue(NAME, { connection: store.producer }, store.backend);
    await queue.waitUntilReady();
    ran.length = 0;
  });

  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close()));
    await queue.close();
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('leaves a job as it stands when one with its id comes', async () => {
    await queue.add('first', { value: 1 }, { jobId: 'same' });
    const second = await queue.add('second', { value: 2 }, { jobId: 'same' });
    const [third] = await queue.addBulk([{ name: 'third', data: { value: 3 }, opts: { jobId: 'same' } }]);
    expect([second.id, third!.id]).toEqual(['same', 'same']);
    expect(await queue.getJob('same')).toMatchObject({ name: 'first', data: { value: 1 } });
    expect(await queue.getWaitingCount()).toBe(1);
  });

  it('runs what was added in bulk in its order, the latest first where that is asked for', async () => {
    const jobs = await queue.addBulk(names('a', 'b', 'c', 'd', 'e', 'f'));
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(6);
    await queue.add('z', {}, { lifo: true });
    expect((await queue.getWaiting()).map(({ name }) => name)).toEqual(['z', 'a', 'b', 'c', 'd', 'e', 'f']);
    work();
    await until(isEmpty);
    expect(ran).toEqual(['z', 'a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('runs jobs in order of their priority, those without one first', async () => {
    await queue.pause();
    for (const [name, priority] of [
      ['five', 5],
      ['one', 1],
      ['none', 0],
      ['one more', 1],
      ['two', 2],
    ] as const)
      await queue.add(name, {}, { priority });
    const later = await queue.add('was two, is one', {}, { priority: 2 });
    await later.changePriority({ priority: 1 });
    expect(await later.getState()).toBe('prioritized');
    expect(await queue.getCountsPerPriority([1, 2, 5])).toEqual({ 1: 3, 2: 1, 5: 1 });
    work();
    await queue.resume();
    await until(isEmpty);
    expect(ran).toEqual(['none', 'one', 'one more', 'was two, is one', 'two', 'five']);
  });

  it('runs delayed jobs when they are due, in that order', async () => {
    const lateBy: number[] = [];
    work(async ({ timestamp, name }) => void lateBy.push(Date.now() - timestamp - Number(name)));
    for (const delay of [300, 100, 200]) await queue.add(String(delay), {}, { delay });
    expect(await queue.getDelayedCount()).toBe(3);
    await queue.add('0', {});
    await until(() => ran.length === 4);
    expect(ran).toEqual(['0', '100', '200', '300']);
    expect(Math.min(...lateBy)).toBeGreaterThanOrEqual(-2);
  });

  it('lets a delayed job go at once when it is promoted', async () => {
    const job = await queue.add('later', {}, { delay: 60_000 });
    expect(await job.getState()).toBe('delayed');
    work();
    await job.promote();
    await until(isEmpty);
    expect(ran).toEqual(['later']);
  });

  it('starts nothing while it is paused', async () => {
    await queue.pause();
    expect(await queue.isPaused()).toBe(true);
    work();
    await queue.addBulk(names('a', 'b'));
    await pause(100);
    expect(ran).toEqual([]);
    await queue.resume();
    await until(isEmpty);
    expect(ran).toEqual(['a', 'b']);
  });

  it('tries a failed job again after its back-off, and keeps it as failed after its last try', async () => {
    const times: number[] = [];
    const fail = async ({ attemptsMade }: Job) => {
      times.push(Date.now());
      throw new Error(`try ${attemptsMade}`);
    };
    work(fail);
    const { id } = await queue.add('unlucky', {}, { attempts: 3, backoff: { type: 'fixed', delay: 50 } });
    await until(async () => (await queue.getFailedCount()) === 1);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(49);
    const job = await queue.getJob(id!);
    expect(job).toMatchObject({ attemptsMade: 3, attemptsStarted: 3, failedReason: 'try 2' });
    expect(job!.stacktrace).toHaveLength(3);
    expect(await job!.getState()).toBe('failed');
    await job!.retry('failed', { resetAttemptsMade: true });
    await until(() => times.length === 6);
  });

  it('keeps finished jobs as their rules say', async () => {
    work(async ({ name }) => (name === 'fails' ? Promise.reject(new Error('as told')) : { from: name }));
    const two = { removeOnComplete: { count: 2 }, removeOnFail: 1 };
    await queue.addBulk(names('a', 'b', 'c').map((job) => ({ ...job, opts: two })));
    await queue.add('gone', {}, { removeOnComplete: true });
    await queue.addBulk(names('fails', 'fails').map((job) => ({ ...job, opts: two })));
    await until(isEmpty);
    const completed = await queue.getCompleted();
    expect(completed.map(({ name, returnvalue }) => [name, returnvalue])).toEqual([
      ['c', { from: 'c' }],
      ['b', { from: 'b' }],
    ]);
    expect(await queue.getFailedCount()).toBe(1);
    await pause(1_100);
    await queue.add('late', {}, { removeOnComplete: { age: 1 } });
    await until(isEmpty);
    expect((await queue.getCompleted()).map(({ name }) => name)).toEqual(['late']);
  });

  it('gives a job whose worker has gone silent to another one, and takes no more word from the first', async () => {
    const silent = work(undefined, { autorun: false });
    await queue.add('orphan', {}, { removeOnComplete: false });
    const job = (await silent.getNextJob('silent'))!;
    expect(await job.getState()).toBe('active');
    work();
    await until(async () => (await queue.getCompletedCount()) === 1);
    expect(await queue.getJob(job.id!)).toMatchObject({ attemptsStarted: 2, stalledCounter: 1 });
    await expect(job.moveToCompleted('too late', 'silent', false)).rejects.toThrow(/job/i);
  });

  it('fails a job that stalls more often than it may', async () => {
    const silent = work(undefined, { autorun: false });
    await queue.add('orphan', {}, { removeOnFail: false });
    const job = (await silent.getNextJob('silent'))!;
    const reasons: string[] = [];
    work(undefined, { maxStalledCount: 0 }).on('failed', (_, { message }) => reasons.push(message));
    // the worker that finds it says so after it has counted it as failed
    await until(() => reasons.length === 1);
    expect(reasons).toEqual(['job stalled more than allowable limit']);
    expect(await queue.getFailedCount()).toBe(1);
    expect(ran).toEqual([]);
    expect(await job.getState()).toBe('failed');
  });

  it('leaves a job with a worker that keeps its lock fresh', async () => {
    work(() => pause(500));
    await queue.add('long', {});
    await until(() => ran.length === 1);
    work();
    await until(isEmpty);
    expect(ran).toEqual(['long']);
  });

  it('lets running jobs end before a worker closes, and takes no further ones', async () => {
    const worker = work(() => pause(100), { concurrency: 2 });
    await queue.addBulk(names('a', 'b', 'c'));
    await until(() => ran.length === 2);
    await worker.close();
    expect(await queue.getJobCounts('completed', 'active', 'waiting')).toEqual({ completed: 2, active: 0, waiting: 1 });
  });

  it('closes at once a worker that waits, and one that waits for a delayed job', async () => {
    const worker = work(undefined, { drainDelay: 30 });
    await queue.add('later', {}, { delay: 60_000 });
    await pause(50);
    const started = performance.now();
    await worker.close();
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(ran).toEqual([]);
  });

  it('removes jobs, but none that is being worked on', async () => {
    const silent = work(undefined, { autorun: false });
    const [active, waiting] = await queue.addBulk(names('active', 'waiting'));
    await queue.add('later', {}, { delay: 60_000 });
    await silent.getNextJob('silent');
    await waiting!.remove();
    await expect(active!.remove()).rejects.toThrow('locked');
    expect(await queue.getJobCounts('active', 'waiting', 'delayed')).toEqual({ active: 1, waiting: 0, delayed: 1 });
    await queue.drain(true);
    expect(await queue.getJobCounts('active', 'delayed')).toEqual({ active: 1, delayed: 0 });
  });

  it('clears away finished jobs of a certain age, and everything when it is told so', async () => {
    work();
    await queue.addBulk(names('a', 'b', 'c'));
    await until(async () => (await queue.getCompletedCount()) === 3);
    expect(await queue.clean(60_000, 10, 'completed')).toEqual([]);
    await pause(2);
    expect(await queue.clean(0, 2, 'completed')).toHaveLength(2);
    await queue.pause();
    await queue.obliterate();
    expect(await queue.getCompletedCount()).toBe(0);
  });

  it('keeps new data and the progress of a job', async () => {
    const job = await queue.add('job', { value: 1 });
    await job.updateData({ value: 2 });
    await job.updateProgress(40);
    expect(await queue.getJob(job.id!)).toMatchObject({ data: { value: 2 }, progress: 40 });
    await expect(queue.updateJobProgress('none', 1)).rejects.toThrow('Missing key');
  });
});
