import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createPostgresBackend, runMigrations } from 'bullmq';
import { lockFolder } from './folder-lock.js';
import { PglitePool } from './pglite-pool.js';
import { QUEUE_SCHEMA } from './postgres-store.js';
import type { InterruptedEntry, OpenStoreOptions, QueueStore } from './queue-store.js';

const VACUUM_CHECK_MS = 60_000;
/** Statements after which dead rows are worth clearing; PGlite has no autovacuum. */
const VACUUM_AFTER_STATEMENTS = 5_000;
/** The job tables, and the catalogues that `addBulk` fills through its temporary tables. */
const VACUUM = ['job', 'event', 'pg_class', 'pg_attribute', 'pg_type', 'pg_depend'].map(
  (table) => `VACUUM ANALYZE ${table}`,
);

/** BullMQ's PostgreSQL backend on PGlite, in the folder `queue` of the data folder, for one process at a time. */
export async function openEmbeddedStore({ settings, onError }: OpenStoreOptions): Promise<QueueStore> {
  const dataDir = settings.ensureDataDir();
  const unlock = lockFolder(join(dataDir, 'queue.lock'));
  try {
    const folder = join(dataDir, 'queue');
    const pool = await openPool(folder).catch((error: Error) => {
      onError(
        new Error(`the queue folder cannot be read, so it is set aside and made anew: ${error.message}`, {
          cause: error,
        }),
      );
      return openAnew(folder);
    });
    pool.on('error', onError);
    const interrupted = await forgetJobs(pool);
    const stopVacuum = vacuumNowAndThen(pool, onError);
    return {
      kind: 'embedded',
      backend: createPostgresBackend as unknown as QueueStore['backend'],
      producer: pool as unknown as QueueStore['producer'],
      consumer: pool as unknown as QueueStore['consumer'],
      drainDelay: 30,
      interrupted,
      ping: async () => void (await pool.query('SELECT 1')),
      close: async () => {
        stopVacuum();
        await pool.end().finally(unlock);
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function openPool(folder: string): Promise<PglitePool> {
  if (!existsSync(folder)) await createFolder(folder);
  const pool = new PglitePool(folder);
  try {
    await migrate(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return pool;
}

/** PGlite never syncs to disk, so a power cut can leave a broken folder; the outbox has all that was in it. */
function openAnew(folder: string): Promise<PglitePool> {
  const broken = `${folder}.broken`;
  rmSync(broken, { recursive: true, force: true });
  renameSync(folder, broken);
  return openPool(folder);
}

/**
 * The first boot takes seconds and some 800 MB, so it happens in a thread that is thrown away with its memory; and
 * beside the final place, so that a process killed in the middle leaves nothing half-made.
 */
async function createFolder(folder: string): Promise<void> {
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  const pool = new PglitePool(unfinished);
  try {
    await migrate(pool);
    await pool.query('CHECKPOINT');
  } finally {
    await pool.end();
  }
  renameSync(unfinished, folder);
}

async function migrate(pool: PglitePool): Promise<void> {
  const client = await pool.connect();
  await runMigrations(client as unknown as Parameters<typeof runMigrations>[0], QUEUE_SCHEMA).finally(() =>
    client.release(),
  );
  await pool.query(`SET search_path TO ${QUEUE_SCHEMA}`);
}

/**
 * Empties the queue: this process is its only user, and the outbox says what is still to do. That also frees at once
 * the jobs that a killed process had under way, which would otherwise wait for their locks to run out.
 * @returns those jobs
 */
async function forgetJobs(pool: PglitePool): Promise<InterruptedEntry[]> {
  const { rows } = await pool.query(`SELECT queue, state, data -> 'jobIds' AS job_ids FROM job`);
  if (rows.length > 0) await pool.query(`TRUNCATE job, event CASCADE`);
  await pool.query(`DELETE FROM meta WHERE field = 'stalled-check'`);
  return rows
    .filter(({ state }) => state === 'active')
    .map((row) => ({ queueName: row.queue as string, jobIds: row.job_ids as string[] }));
}

/** @returns the function that stops it */
function vacuumNowAndThen(pool: PglitePool, onError: (error: Error) => void): () => void {
  let statementsThen = 0;
  const timer = setInterval(async () => {
    if (pool.statements - statementsThen < VACUUM_AFTER_STATEMENTS) return;
    statementsThen = pool.statements;
    try {
      for (const statement of VACUUM) await pool.query(statement);
    } catch (error) {
      onError(error as Error);
    }
  }, VACUUM_CHECK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
