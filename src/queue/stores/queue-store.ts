import type { BackendFactory, ConnectionOptions } from 'bullmq';
import type { Settings } from '../../config/index.js';
import { openEmbeddedStore } from './embedded-store.js';
import { openPostgresStore } from './postgres-store.js';
import { openRedisStore } from './redis-store.js';
import type { RunningJobsFile } from './running-jobs.js';

export type QueueStoreKind = 'embedded' | 'postgres' | 'redis';

/** An open store behind BullMQ. What it holds is a cache of work: the outbox can rebuild all of it. */
export interface QueueStore {
  readonly kind: QueueStoreKind;
  readonly backend: BackendFactory;
  /** For `new Queue`; adds fail fast when the store is away, so that the relay can put its rows back. */
  readonly producer: ConnectionOptions;
  /** For `new Worker`. */
  readonly consumer: ConnectionOptions;
  /** Longest time in seconds that a worker waits before it looks again without having been called. */
  readonly drainDelay: number;
  /** Notes what runs, where no other process would see that this one is gone. */
  readonly running?: RunningJobsFile;
  ping(): Promise<void>;
  /** Ends the connections. Queues and workers must be closed before. */
  close(): Promise<void>;
}

export interface OpenStoreOptions {
  settings: Settings;
  /** Number of workers that will listen. */
  workers: number;
  onError: (error: Error) => void;
}

export function storeKindOf(settings: Settings): QueueStoreKind {
  if (settings.redisUrl) return 'redis';
  return settings.databaseUrl ? 'postgres' : 'embedded';
}

/**
 * Opens the store that the settings choose. @throws QueueFolderInUseError, or the driver's error when the store
 * cannot be reached
 */
export function openQueueStore(options: OpenStoreOptions): Promise<QueueStore> {
  switch (storeKindOf(options.settings)) {
    case 'redis':
      return openRedisStore(options);
    case 'postgres':
      return openPostgresStore(options);
    case 'embedded':
      return openEmbeddedStore(options);
  }
}
