import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { type IQueueBackend, Queue, Worker } from 'bullmq';
import { Settings } from '../../src/config/index.js';
import { openQueueStore } from '../../src/queue/stores/queue-store.js';

const REDIS_PORT = 6379;
/** Named, so that a Redis that serves others too is left as it was. */
const QUEUE = 'herald-bench';
const WARM_UP = 50;

export async function isRedisThere(): Promise<boolean> {
  const socket = connect(REDIS_PORT, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/**
 * From `add` to the first line of the processor, on BullMQ alone over one of our stores. @returns milliseconds of
 * each job
 */
export async function bareQueueLatencies(
  kind: 'embedded' | 'redis',
  folder: string,
  count: number,
  pauses: () => Promise<void>,
): Promise<number[]> {
  mkdirSync(folder, { recursive: true });
  const store = await openQueueStore({ settings: settingsFor(kind, folder), workers: 1, onError: reportError });
  const queue = new Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>(
    QUEUE,
    { connection: store.producer },
    store.backend,
  );
  const latencies: number[] = [];
  let started = 0;
  let arrived = (): void => undefined;
  const worker = new Worker<unknown, unknown, string, IQueueBackend>(
    QUEUE,
    async () => {
      latencies.push(performance.now() - started);
      arrived();
    },
    { connection: store.consumer, drainDelay: store.drainDelay },
    store.backend,
  );
  worker.on('error', reportError);
  try {
    await worker.waitUntilReady();
    for (let index = 0; index < count + WARM_UP; index++) {
      await pauses();
      const arrival = new Promise<void>((resolve) => (arrived = resolve));
      started = performance.now();
      await queue.add('empty', {}, { removeOnComplete: true });
      await arrival;
    }
  } finally {
    await worker.close();
    await queue.obliterate({ force: true });
    await queue.close();
    await store.close();
  }
  return latencies.slice(WARM_UP);
}

function settingsFor(kind: 'embedded' | 'redis', folder: string): Settings {
  // settings ask for a PostgreSQL beside Redis; the store of the queue alone never calls it
  const redis = { REDIS_URL: `redis://127.0.0.1:${REDIS_PORT}`, DATABASE_URL: 'postgres://127.0.0.1/unused' };
  return new Settings({ HERALD_DATA_DIR: folder, ...(kind === 'redis' && redis) });
}

function reportError(error: Error): void {
  console.error(`the bare queue reports: ${error.message}`);
}
