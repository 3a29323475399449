import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobHandler } from '../src/queue/index.js';
import { QueueUnderTest, recordEffect } from './contracts/queue-fixture.js';

const record: JobHandler = { run: (job, unit) => recordEffect(unit, job) };

describe('the embedded queue', () => {
  let dataDir: string;
  let environment: Record<string, string>;
  const running: QueueUnderTest[] = [];
  const start = async (settings = {}, handler: JobHandler = record) => {
    const queue = await QueueUnderTest.start(environment, { work: handler }, settings);
    running.push(queue);
    return queue;
  };
  const notes = () => JSON.parse(readFileSync(join(dataDir, 'queue.running'), 'utf8').split('\n')[0]!);

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'herald-queue-'));
    environment = { HERALD_DATA_DIR: dataDir };
  });

  afterEach(async () => {
    for (const queue of running.splice(0)) await queue.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('refuses a second process in one line, while one that only adds may join', async () => {
    const server = await start();
    await expect(QueueUnderTest.start(environment, { work: record })).rejects.toThrow(
      /in use by another Herald process/,
    );
    const guest = await start({ queueMode: 'if-free' });
    expect(guest.queues.isOpen).toBe(false);
    await guest.add({ topic: 'work', key: 'from-the-guest', payload: {} });
    await guest.settle();
    expect(await server.effects()).toEqual(['from-the-guest']);
  });

  it('does not take over, when it joins, what the other process has under way', async () => {
    let isFree: () => void = () => undefined;
    const free = new Promise<void>((resolve) => (isFree = resolve));
    let runs = 0;
    const slow: JobHandler = {
      runOutside: async (job, settle) => {
        runs++;
        await free;
        await settle((unit) => recordEffect(unit, job));
      },
    };
    const server = await start({}, slow);
    await server.add({ topic: 'work', key: 'under-way', payload: {} });
    while (runs === 0) await new Promise(setImmediate);
    const guest = await start({ queueMode: 'if-free' }, slow);
    isFree();
    await guest.settle();
    expect(runs).toBe(1);
    expect(await guest.effects()).toEqual(['under-way']);
  });

  it('counts it as a failed try when the process ended while the job ran, and goes on at once', async () => {
    const before = await start({ role: 'api' });
    await before.add({ topic: 'work', key: 'cut-off', payload: {} }, { topic: 'work', key: 'in line', payload: {} });
    while ((await before.row('in line')).status !== 'enqueued') await new Promise(setImmediate);
    const { outbox_id } = await before.row('cut-off');
    await running.pop()!.stop();
    const jobs = [{ topic: 'work', jobIds: [`${outbox_id}.0.0`] }];
    writeFileSync(join(dataDir, 'queue.running'), `${JSON.stringify(jobs)}\nwhat a longer note left behind`);
    const after = await start();
    await after.settle();
    const last_error = 'Error: the process ended while the job ran';
    expect(await after.row('cut-off')).toMatchObject({ status: 'done', attempts: 1, last_error });
    expect(await after.row('in line')).toMatchObject({ status: 'done', attempts: 0, last_error: null });
    expect((await after.effects()).sort()).toEqual(['cut-off', 'in line']);
  });

  it('notes what runs, for the process that comes after it', async () => {
    let noted: unknown;
    const queue = await start({}, { run: async () => void (noted = notes()) });
    await queue.add({ topic: 'work', key: 'noted', payload: {} });
    await queue.settle();
    const { outbox_id } = await queue.row('noted');
    expect(noted).toEqual([{ topic: 'work', jobIds: [`${outbox_id}.0.0`] }]);
    while (notes().length > 0) await new Promise(setImmediate);
  });
});
