import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type IQueueBackend, Queue, Worker } from 'bullmq';
import { Settings } from '../../src/config/index.js';
import { openQueueStore } from '../../src/queue/stores/open-queue-store.js';

const USUAL_PORT = 6379;
/** Named, so that a Redis that serves others too is left as it was. */
const QUEUE = 'herald-bench';
const WARM_UP = 50;

export interface BenchRedis {
  readonly port: number;
  stop(): Promise<void>;
}

/** The Redis that answers on its usual port, or one started for this bench; undefined where there is neither. */
export async function findRedis(folder: string): Promise<BenchRedis | undefined> {
  if (await answers(USUAL_PORT)) return { port: USUAL_PORT, stop: async () => undefined };
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', words, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
  for (let look = 0; look < 100; look++) {
    if (await answers(port)) {
      return {
        port,
        stop: async () => {
          child.kill();
          await ended;
        },
      };
    }
    if (child.pid === undefined) return undefined;
    await pause(50);
  }
  child.kill();
  return undefined;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

/**
 * From `add` to the first line of the processor, on BullMQ alone: over Redis, or over our own store in process.
 * @returns milliseconds of each job
 */
export async function bareQueueLatencies(
  redisPort: number | undefined,
  folder: string,
  count: number,
  pauses: () => Promise<void>,
): Promise<number[]> {
  mkdirSync(folder, { recursive: true });
  const store = await openQueueStore({ settings: settingsFor(redisPort, folder), workers: 1, onError: reportError });
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

function settingsFor(redisPort: number | undefined, folder: string): Settings {
  // settings ask for a PostgreSQL beside Redis; the store of the queue alone never calls it
  const redis = { REDIS_URL: `redis://127.0.0.1:${redisPort}`, DATABASE_URL: 'postgres://127.0.0.1/unused' };
  return new Settings({ HERALD_DATA_DIR: folder, ...(redisPort !== undefined && redis) });
}

function reportError(error: Error): void {
  console.error(`the bare queue reports: ${error.message}`);
}
