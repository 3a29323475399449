import { FlowProducer, type IQueueBackend, Queue, Worker } from 'bullmq';
import { InProcessBackend, REFUSED, inProcessBackends } from './in-process-backend.js';

const backend = inProcessBackends();
const connection = {};

describe('the in-process backend of BullMQ', () => {
  it.each(REFUSED)('refuses "%s" by its name', async (name) => {
    const refusing = new InProcessBackend('queue', { connection }, new Map()) as unknown as Record<
      string,
      () => unknown
    >;
    await expect(refusing[name]!()).rejects.toThrow(`the in-process queue does not support "${name}"`);
  });

  it('refuses jobs with what it does not know', async () => {
    const queue = new Queue('refused', { connection }, backend);
    await expect(queue.add('job', {}, { deduplication: { id: 'one' } })).rejects.toThrow('"deduplication"');
    await expect(queue.upsertJobScheduler('each-hour', { every: 3_600_000 })).rejects.toThrow('"addJobScheduler"');
    await expect(queue.setGlobalConcurrency(1)).rejects.toThrow('"global concurrency"');
    await expect(queue.rateLimit(10)).rejects.toThrow('"setRateLimit"');
    const flow = new FlowProducer({ connection }, backend);
    const tree = { name: 'parent', queueName: 'refused', children: [{ name: 'child', queueName: 'refused' }] };
    await expect(flow.add(tree)).rejects.toThrow('"addFlow"');
    const limited = () => new Worker('refused', undefined, { connection, limiter: { max: 1, duration: 1 } }, backend);
    expect(limited).toThrow('"limiter"');
  });

  it('has one queue of a name, whoever asks, and none of another store', async () => {
    const one = new Queue('same', { connection }, backend);
    const two = new Queue('same', { connection }, backend);
    const other = new Queue('same', { connection }, inProcessBackends());
    await one.add('job', {});
    expect(await Promise.all([one, two, other].map((queue) => queue.getWaitingCount()))).toEqual([1, 1, 0]);
  });

  it('keeps its order under thousands of jobs that come and go', async () => {
    const queue = new Queue('many', { connection }, backend);
    const shuffled = Array.from({ length: 3_000 }, (_, index) => (index * 7_919) % 3_000);
    await queue.addBulk(
      shuffled.map((number) => ({
        name: String(number),
        data: {},
        opts: { priority: number + 1, jobId: `j${number}` },
      })),
    );
    for (const number of shuffled.slice(0, 1_000)) await queue.remove(`j${number}`);
    const ran: number[] = [];
    const worker = new Worker<unknown, void, string, IQueueBackend>(
      'many',
      async ({ name }) => void ran.push(Number(name)),
      { connection },
      backend,
    );
    await new Promise<void>((resolve) => worker.on('drained', () => resolve()));
    await worker.close();
    expect(ran).toEqual(shuffled.slice(1_000).sort((one, other) => one - other));
  });
});
