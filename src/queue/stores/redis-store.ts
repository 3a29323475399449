import { createRedisBackend } from 'bullmq';
import { Redis } from 'ioredis';
import type { OpenStoreOptions, QueueStore } from './queue-store.js';

/** BullMQ on Redis: one connection to add with, one to consume with (each worker adds its own blocking one). */
export async function openRedisStore({ settings, onError }: OpenStoreOptions): Promise<QueueStore> {
  const producer = new Redis(settings.redisUrl!, {
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
  });
  // a worker waits for Redis to come back rather than fail, and BullMQ insists on null for it
  const consumer = new Redis(settings.redisUrl!, { lazyConnect: true, maxRetriesPerRequest: null });
  const connections = [producer, consumer];
  // what connect() rejects with says only that the connection is closed; the reason comes as an event
  let reason: Error | undefined;
  for (const connection of connections) connection.on('error', (error: Error) => (reason ??= error));
  try {
    await Promise.all(connections.map((connection) => connection.connect()));
  } catch (error) {
    for (const connection of connections) connection.disconnect();
    throw new Error(`the queue cannot reach Redis at REDIS_URL: ${(reason ?? (error as Error)).message}`, {
      cause: error,
    });
  }
  for (const connection of connections) connection.on('error', onError);
  return {
    kind: 'redis',
    backend: createRedisBackend as QueueStore['backend'],
    producer,
    consumer,
    // Redis advises against blocking pops of more than ten seconds
    drainDelay: 5,
    ping: async () => void (await producer.ping()),
    close: async () => {
      await Promise.allSettled(connections.map((connection) => connection.quit()));
    },
  };
}
