import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { inProcessBackends } from './in-process-backend.js';
import type { OpenStoreOptions, QueueStore, RunningJobs, RunningNote } from './queue-store.js';

/** Its message is the one line that an operator reads. */
export class QueueFolderInUseError extends Error {
  constructor(lockFile: string) {
    const remedy = 'stop it, or set HERALD_DATA_DIR to another folder';
    super(`the queue in this data folder is in use by another Herald process (${lockFile} is locked): ${remedy}`);
    this.name = 'QueueFolderInUseError';
  }
}

/** BullMQ in the memory of this process, which is the only one to carry the outbox of its data folder. */
export async function openEmbeddedStore({ settings }: OpenStoreOptions): Promise<QueueStore> {
  const dataDir = settings.ensureDataDir();
  const unlock = lockFolder(dataDir);
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

/**
 * Takes a lock that the operating system gives back even after kill -9: an exclusive SQLite transaction on a file of
 * its own. Who holds it is the only one to carry the outbox of this folder, and so may take all that another process
 * left enqueued for its own.
 * @returns the function that releases it
 * @throws QueueFolderInUseError when another process holds it
 */
export function lockFolder(dataDir: string): () => void {
  const lockFile = join(dataDir, 'queue.lock');
  const database = new BetterSqlite3(lockFile, { timeout: 0 });
  try {
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) throw new QueueFolderInUseError(lockFile);
    throw error;
  }
  return () => database.close();
}

/**
 * What this process has under way, in a small file that outlives a kill, so that a job which takes the process down
 * each time comes to the end of its tries. It is written without a sync: after a power cut the outbox has it all, but
 * for one count of tries.
 */
class RunningJobsFile implements RunningNote {
  readonly interrupted: readonly RunningJobs[];
  private readonly running = new Set<RunningJobs>();
  private readonly file: number;

  constructor(private readonly path: string) {
    this.interrupted = read(path);
    this.file = openSync(path, 'w');
  }

  note(jobs: RunningJobs): () => void {
    this.running.add(jobs);
    this.write();
    return () => {
      this.running.delete(jobs);
      this.write();
    };
  }

  close(): void {
    closeSync(this.file);
    if (this.running.size === 0) rmSync(this.path, { force: true });
  }

  /** What an earlier, longer text leaves behind the line's end does not count. */
  private write(): void {
    writeSync(this.file, `${JSON.stringify([...this.running])}\n`, 0);
  }
}

function read(path: string): RunningJobs[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8').split('\n')[0] || '[]') as RunningJobs[];
  } catch {
    return [];
  }
}
