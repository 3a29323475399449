import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperationBus, OperationsModule, SYSTEM } from '../src/operations/index.js';
import { QueueInspectionModule } from '../src/orchestrator/queue-inspection/queue-inspection.module.js';
import type { JobHandler } from '../src/queue/index.js';
import { QueueUnderTest, recordEffect } from './contracts/queue-fixture.js';

interface Status {
  topics: { topic: string; has_handler: boolean }[];
  dead: number;
}
interface Letters {
  items: { outbox_id: string; idempotency_key: string; last_error: string; payload: unknown }[];
  next_cursor: string | null;
}

describe('inspection of the queue', () => {
  let dataDir: string;
  let queue: QueueUnderTest;
  let isBroken: boolean;
  const call = <T extends object>(name: string, input: object = {}) =>
    queue.app.get(OperationBus).call<T>(name, input, { principal: SYSTEM });
  const fragile: JobHandler = {
    attempts: 1,
    run: async (job, unit) => {
      if (isBroken) throw new Error('out of order');
      await recordEffect(unit, job);
    },
  };

  beforeEach(async () => {
    isBroken = true;
    dataDir = mkdtempSync(join(tmpdir(), 'herald-queue-'));
    queue = await QueueUnderTest.start({ HERALD_DATA_DIR: dataDir }, { fragile }, {}, [
      OperationsModule,
      QueueInspectionModule,
    ]);
    await queue.add(...[1, 2, 3].map((number) => ({ topic: 'fragile', key: `letter-${number}`, payload: { number } })));
    await queue.add({ topic: 'unknown', key: 'nobody', payload: {} });
    await queue.settle();
  });

  afterEach(async () => {
    await queue.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('counts the work by topic and status, and shows topics that nobody works on', async () => {
    const { topics, ...status } = await call<Status>('queue.status');
    expect(status).toMatchObject({ store: 'embedded', is_open: true, open: 1, enqueued: 0, done: 0, dead: 3 });
    // the topics of the modules beside it have no work here
    expect(topics.filter(({ topic }) => ['fragile', 'unknown'].includes(topic))).toEqual([
      { topic: 'fragile', open: 0, enqueued: 0, done: 0, dead: 3, has_handler: true },
      { topic: 'unknown', open: 1, enqueued: 0, done: 0, dead: 0, has_handler: false },
    ]);
  });

  it('lists dead letters a page at a time, with what they were about and why they died', async () => {
    const first = await call<Letters>('deadletter.list', { limit: 2 });
    const second = await call<Letters>('deadletter.list', { limit: 2, cursor: first.next_cursor });
    const all = [...first.items, ...second.items];
    expect(all.map(({ idempotency_key }) => idempotency_key).sort()).toEqual(['letter-1', 'letter-2', 'letter-3']);
    const payload = { number: expect.any(Number) };
    expect(all[0]).toMatchObject({ topic: 'fragile', last_error: 'Error: out of order', attempts: 1, payload });
    expect(second.next_cursor).toBeNull();
    expect((await call<Letters>('deadletter.list', { topic: 'other' })).items).toEqual([]);
  });

  it('sends a dead letter again, once', async () => {
    const { items } = await call<Letters>('deadletter.list', { idempotency_key: 'letter-2' });
    const outbox_id = items[0]!.outbox_id;
    isBroken = false;
    expect(await call('deadletter.retry', { outbox_id })).toEqual({ outbox_id, status: 'open' });
    await queue.settle();
    expect(await queue.effects()).toEqual(['letter-2']);
    await expect(call('deadletter.retry', { outbox_id })).rejects.toMatchObject({ kind: 'conflict', code: 'not_dead' });
    await expect(call('deadletter.retry', { outbox_id: 'out_none' })).rejects.toMatchObject({ kind: 'not_found' });
    expect((await call<Status>('queue.status')).dead).toBe(2);
  });
});
