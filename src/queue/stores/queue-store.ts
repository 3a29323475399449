import type { BackendFactory, ConnectionOptions } from 'bullmq';
import type { Settings } from '../../config/index.js';

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
  readonly running?: RunningNote;
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

export interface RunningNote {
  /** What was under way when the last process ended without a good-bye. */
  readonly interrupted: readonly RunningJobs[];
  /** @returns the function that says that they have ended */
  note(jobs: RunningJobs): () => void;
}

export interface RunningJobs {
  topic: string;
  jobIds: readonly string[];
}
