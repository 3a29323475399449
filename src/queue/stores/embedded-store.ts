import { join } from 'node:path';
import { lockFolder } from './folder-lock.js';
import { inProcessBackends } from './in-process-backend.js';
import type { OpenStoreOptions, QueueStore } from './queue-store.js';
import { RunningJobsFile } from './running-jobs.js';

/** BullMQ in the memory of this process, which is the only one to carry the outbox of its data folder. */
export async function openEmbeddedStore({ settings }: OpenStoreOptions): Promise<QueueStore> {
  const dataDir = settings.ensureDataDir();
  const unlock = lockFolder(join(dataDir, 'queue.lock'));
  const running = new RunningJobsFile(join(dataDir, 'queue.running'));
  return {
    kind: 'embedded',
    backend: inProcessBackends(),
    producer: {},
    consumer: {},
    drainDelay: 300,
    running,
    ping: async () => undefined,
    close: async () => {
      running.close();
      unlock();
    },
  };
}
