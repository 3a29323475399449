import { existsSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobHandler } from '../src/queue/index.js';
import { PglitePool } from '../src/queue/stores/pglite-pool.js';
import { QueueUnderTest, copyQueueTemplate, recordEffect } from './contracts/queue-fixture.js';

const record: JobHandler = { run: (job, unit) => recordEffect(unit, job) };

describe('the embedded queue', () => {
  let dataDir: string;
  let environment: Record<string, string>;
  const running: QueueUnderTest[] = [];
  const start = async (settings = {}) => {
    const queue = await QueueUnderTest.start(environment, { work: record }, settings);
    running.push(queue);
    return queue;
  };

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'herald-queue-'));
    environment = { HERALD_DATA_DIR: dataDir };
  });

  afterEach(async () => {
    for (const queue of running.splice(0)) await queue.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('makes its folder at the first start, and leaves nothing unfinished beside it', async () => {
    const queue = await start();
    await queue.add({ topic: 'work', key: 'first', payload: {} });
    await queue.settle();
    expect(await queue.effects()).toEqual(['first']);
    expect(existsSync(join(dataDir, 'queue'))).toBe(true);
    expect(existsSync(join(dataDir, 'queue.new'))).toBe(false);
  });

  it('refuses a second process in one line, while one that only adds may join', async () => {
    await copyQueueTemplate(dataDir);
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

  it('makes its folder anew when a power cut has broken it', async () => {
    await copyQueueTemplate(dataDir);
    const before = await start({ role: 'api' });
    await before.add({ topic: 'work', key: 'promised', payload: {} });
    await running.pop()!.stop();
    truncateSync(join(dataDir, 'queue/global/pg_filenode.map'), 3);
    const after = await start();
    await after.settle();
    expect(await after.effects()).toEqual(['promised']);
    expect(existsSync(join(dataDir, 'queue.broken'))).toBe(true);
  });

  it('counts it as a failed try when the process ended while the job ran, and goes on at once', async () => {
    await copyQueueTemplate(dataDir);
    const before = await start({ role: 'api' });
    await before.add({ topic: 'work', key: 'cut-off', payload: {} });
    while ((await before.row('cut-off')).status !== 'enqueued') await new Promise(setImmediate);
    await running.pop()!.stop();
    const pool = new PglitePool(join(dataDir, 'queue'));
    await pool.query(`UPDATE bullmq.job SET state = 'active', lock_token = 'gone', locked_until_ms = 9999999999999`);
    await pool.end();
    const after = await start();
    await after.settle();
    const last_error = 'Error: the process ended while the job ran';
    expect(await after.row('cut-off')).toMatchObject({ status: 'done', attempts: 1, last_error });
    expect(await after.effects()).toEqual(['cut-off']);
  });
});
