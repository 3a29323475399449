import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createRandom } from '../../src/config/index.js';
import { DeadLetters, type JobHandler, type OutboxItem, UnrecoverableError } from '../../src/queue/index.js';
import { OutboxRow } from '../../src/queue/outbox-row.entity.js';
import { QueueUnderTest, STORES, recordEffect } from './queue-fixture.js';

const record: JobHandler = { run: (job, unit) => recordEffect(unit, job) };
const items = (count: number, topic = 'work', prefix = topic): OutboxItem[] =>
  Array.from({ length: count }, (_, index) => ({ topic, key: `${prefix}-${index}`, payload: { index } }));
const keys = (count: number, prefix = 'work'): string[] =>
  items(count, 'work', prefix)
    .map(({ key }) => key)
    .sort();

describe.each(STORES)('the queue on the $name store', (store) => {
  if (store.missing) {
    it.skip(`keeps its contract (not run: ${store.missing})`, () => undefined);
    return;
  }

  let dataDir: string;
  let environment: Record<string, string>;
  let queue: QueueUnderTest | undefined;
  const start = async (handlers: Record<string, JobHandler>, settings = {}) => {
    queue = await QueueUnderTest.start(environment, handlers, settings);
    return queue;
  };
  const stop = async () => {
    await queue?.stop();
    queue = undefined;
  };

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'herald-queue-'));
    environment = { HERALD_DATA_DIR: dataDir, ...(await store.prepare()) };
  });

  afterEach(async () => {
    await stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('delivers what a committed unit promised, with its payload, and nothing of a unit that rolled back', async () => {
    const seen: unknown[] = [];
    const { uow, outbox, ...rest } = await start({ work: { run: async (job) => void seen.push(job.payload) } });
    expect(rest.queues.isOpen).toBe(true);
    const failing = uow.run(async (unit) => {
      await outbox.add(unit, [{ topic: 'work', key: 'never', payload: {} }]);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await queue!.add({ topic: 'work', key: 'once', payload: { lead_id: 'lead_1', nested: [1, { two: 'ü' }] } });
    await queue!.settle();
    expect(seen).toEqual([{ lead_id: 'lead_1', nested: [1, { two: 'ü' }] }]);
    expect(await queue!.row('once')).toMatchObject({ status: 'done', attempts: 0, last_error: null });
  });

  it('tries again with growing waits until it succeeds, and keeps nothing of the failed tries', async () => {
    const times: number[] = [];
    const run: JobHandler = {
      backoffMs: 60,
      run: async (job, unit) => {
        times.push(performance.now());
        await recordEffect(unit, job);
        if (job.attempt < 3) throw new Error(`try ${job.attempt}`);
      },
    };
    await start({ work: run });
    await queue!.add(...items(1));
    await queue!.settle();
    expect(await queue!.effects()).toEqual(['work-0']);
    expect(await queue!.row('work-0')).toMatchObject({ status: 'done', attempts: 2, last_error: 'Error: try 2' });
    // back-offs of 60 and 120 ms, each from 0.75 to 1.25 of that
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(44);
    expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(89);
  });

  it('keeps a job that fails every try as a dead letter, from where it can be sent again', async () => {
    let isBroken = true;
    const run: JobHandler = {
      attempts: 2,
      backoffMs: 5,
      run: async (job, unit) => {
        if (isBroken) throw new Error('the address of jane@example.com is wrong');
        await recordEffect(unit, job);
      },
    };
    await start({ work: run });
    await queue!.add(...items(1));
    await queue!.settle();
    const dead = await queue!.row('work-0');
    expect(dead).toMatchObject({
      status: 'dead',
      attempts: 2,
      last_error: 'Error: the address of [redacted] is wrong',
    });
    isBroken = false;
    const deadLetters = queue!.app.get(DeadLetters);
    expect(await queue!.uow.run((unit) => deadLetters.revive(unit, dead.outbox_id))).toBe('dead');
    await queue!.settle();
    expect(await queue!.effects()).toEqual(['work-0']);
    expect(await queue!.row('work-0')).toMatchObject({ status: 'done', round: 1 });
    expect(await queue!.uow.run((unit) => deadLetters.revive(unit, dead.outbox_id))).toBe('done');
  });

  it('does not try again what says that it cannot be helped', async () => {
    let tries = 0;
    const run = async (): Promise<void> => {
      tries++;
      throw new UnrecoverableError('no such campaign');
    };
    await start({ work: { run } });
    await queue!.add(...items(1));
    await queue!.settle();
    expect(tries).toBe(1);
    expect(await queue!.count('dead')).toBe(1);
  });

  it('holds a row until its time has come', async () => {
    let ranAt = 0;
    await start({ work: { run: async () => void (ranAt = Date.now()) } });
    const availableAt = new Date(Date.now() + 250).toISOString();
    await queue!.add({ topic: 'work', key: 'later', payload: {}, availableAt });
    await pause(100);
    expect((await queue!.row('later')).status).toBe('open');
    await queue!.settle();
    expect(ranAt).toBeGreaterThanOrEqual(Date.parse(availableAt));
  });

  it('takes a key that was promised before for the same work', async () => {
    await start({ work: record });
    expect(await queue!.add(...items(3))).toBe(3);
    expect(await queue!.add(...items(4))).toBe(1);
    await queue!.settle();
    expect(await queue!.add(...items(4))).toBe(0);
    await queue!.settle();
    expect((await queue!.effects()).sort()).toEqual(keys(4));
  });

  it('records one effect for a job that is delivered again and again', async () => {
    await start({ work: record }, { role: 'api' });
    await queue!.add(...items(20));
    await untilEnqueued(20);
    // the queue knows the jobs; the rows say that it does not
    await queue!.uow.run((unit) => unit.of(OutboxRow).update({}, { status: 'open' }));
    await untilEnqueued(20);
    await stop();
    await start({ work: record });
    await queue!.settle();
    expect((await queue!.effects()).sort()).toEqual(keys(20));
  });

  it('delivers after the restart what a crash left claimed but not enqueued', async () => {
    await start({ work: record }, { queueMode: 'off' });
    await queue!.add(...items(3));
    await queue!.uow.run((unit) =>
      unit.of(OutboxRow).update({}, { status: 'enqueued', enqueued_at: new Date().toISOString() }),
    );
    await stop();
    await start({ work: record });
    await queue!.settle();
    expect((await queue!.effects()).sort()).toEqual(keys(3));
  });

  it('goes on after a restart, and after its whole store was deleted in between', async () => {
    await start({ work: record }, { role: 'api' });
    await queue!.add(...items(260));
    // the window of one topic; the rest waits in the outbox
    await untilEnqueued(200);
    await stop();
    await store.lose();
    await start({ work: record });
    await queue!.settle();
    expect((await queue!.effects()).sort()).toEqual(keys(260));
    expect(await queue!.count('done')).toBe(260);
  });

  it('works on many at once, a third of which fail at first, and does each once', async () => {
    const random = createRandom('contract');
    const fails = new Set(keys(300).filter(() => random.next() < 1 / 3));
    let running = 0;
    let most = 0;
    const flaky: JobHandler = {
      concurrency: 8,
      backoffMs: 5,
      runOutside: async (job, settle) => {
        most = Math.max(most, ++running);
        await pause(2);
        running--;
        await settle(async (unit) => {
          await recordEffect(unit, job);
          if (job.attempt === 1 && fails.has(job.key)) throw new Error('flaky');
        });
      },
    };
    await start({ work: flaky });
    await queue!.add(...items(300));
    await queue!.settle();
    expect((await queue!.effects()).sort()).toEqual(keys(300));
    expect(most).toBeGreaterThan(2);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('puts jobs that come together into few units, where a bad one falls alone', async () => {
    const units = new Set<unknown>();
    const run: JobHandler = {
      attempts: 2,
      backoffMs: 5,
      run: async (job, unit) => {
        units.add(unit);
        await recordEffect(unit, job);
        if (job.key === 'work-7') throw new Error('a bad one');
      },
    };
    await start({ work: run });
    await queue!.add(...items(60));
    await queue!.settle();
    expect((await queue!.effects()).sort()).toEqual(keys(60).filter((key) => key !== 'work-7'));
    expect(await queue!.row('work-7')).toMatchObject({ status: 'dead', attempts: 2, last_error: 'Error: a bad one' });
    expect(await queue!.count('done')).toBe(59);
    // the bad one again is one more; a busy machine ends units early, but never after each job
    expect(units.size).toBeLessThan(30);
  });

  it('gives many jobs at once to a handler that takes them, and each alone when they cannot go together', async () => {
    const sizes: number[] = [];
    const batch: JobHandler = {
      attempts: 1,
      most: 20,
      runMany: async (jobs, unit) => {
        sizes.push(jobs.length);
        for (const job of jobs) await recordEffect(unit, job);
        if (jobs.some(({ key }) => key === 'work-7')) throw new Error('a bad one');
      },
    };
    await start({ work: batch });
    await queue!.add(...items(60));
    await queue!.settle();
    expect((await queue!.effects()).sort()).toEqual(keys(60).filter((key) => key !== 'work-7'));
    expect(await queue!.count('dead')).toBe(1);
    expect(Math.max(...sizes)).toBeGreaterThan(5);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(20);
  });

  it('settles many jobs that went outside together, those alone that failed there', async () => {
    let most = 0;
    const wire: JobHandler = {
      attempts: 1,
      most: 10,
      runManyOutside: async (jobs, settle) => {
        most = Math.max(most, jobs.length);
        await settle(
          jobs
            .filter(({ key }) => key !== 'work-9')
            .map((job) =>
              job.key === 'work-7'
                ? { job, error: new Error('refused') }
                : {
                    job,
                    record: async (unit) => {
                      await recordEffect(unit, job);
                      if (job.key === 'work-8') throw new Error('not to be recorded');
                    },
                  },
            ),
        );
      },
    };
    await start({ work: wire });
    await queue!.add(...items(60));
    await queue!.settle();
    const failed = ['work-7', 'work-8', 'work-9'];
    expect((await queue!.effects()).sort()).toEqual(keys(60).filter((key) => !failed.includes(key)));
    const errors = await Promise.all(failed.map(async (key) => (await queue!.row(key)).last_error));
    expect(errors).toEqual([
      'Error: refused',
      'Error: not to be recorded',
      expect.stringContaining('without settling its job'),
    ]);
    expect(most).toBeGreaterThan(2);
    expect(most).toBeLessThanOrEqual(10);
  });

  it('counts a handler as failed that returns without settling', async () => {
    await start({ work: { attempts: 1, runOutside: async () => undefined } });
    await queue!.add(...items(1));
    await queue!.settle();
    expect(await queue!.row('work-0')).toMatchObject({
      status: 'dead',
      last_error: expect.stringContaining('without settling'),
    });
  });

  it('does not let a noisy topic keep a quiet one waiting', async () => {
    await start({ work: record, quiet: record });
    await queue!.add(...items(1_000), ...items(1, 'quiet'));
    await queue!.settle();
    const place = (await queue!.effects()).indexOf('quiet-0');
    expect(place).toBeGreaterThanOrEqual(0);
    expect(place).toBeLessThan(200);
  });

  it('stops within two seconds when it has nothing to do', async () => {
    await start({ work: record, quiet: record });
    await queue!.add(...items(1), ...items(1, 'quiet'));
    await queue!.settle();
    const started = performance.now();
    await stop();
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('lets a running job end before it stops', async () => {
    let hasStarted = false;
    const slow: JobHandler = {
      runOutside: async (job, settle) => {
        hasStarted = true;
        await pause(300);
        await settle((unit) => recordEffect(unit, job));
      },
    };
    await start({ work: slow });
    await queue!.add(...items(1));
    while (!hasStarted) await pause(5);
    await stop();
    await start({}, { queueMode: 'off' });
    expect(await queue!.effects()).toEqual(['work-0']);
    expect(await queue!.count('done')).toBe(1);
  });

  // the embedded store is for one process
  if (store.name !== 'embedded') {
    it('carries work from a process that serves requests to one that works', async () => {
      const worker = await QueueUnderTest.start(environment, { work: record }, { role: 'worker' });
      await start({ work: { run: async () => Promise.reject(new Error('the wrong process')) } }, { role: 'api' });
      await queue!.add(...items(60));
      await queue!.settle();
      expect((await worker.effects()).sort()).toEqual(keys(60));
      await worker.stop();
    });
  }

  async function untilEnqueued(count: number): Promise<void> {
    while ((await queue!.count('enqueued')) < count) await pause(10);
  }
});
