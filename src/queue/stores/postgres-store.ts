import { createPostgresBackend, runMigrations } from 'bullmq';
import pg from 'pg';
import type { OpenStoreOptions, QueueStore } from './queue-store.js';

const QUEUE_SCHEMA = 'bullmq';
/** Connections beside those that the workers keep for LISTEN. */
const WORKING_CONNECTIONS = 6;

/** BullMQ on the PostgreSQL that also holds the data, in a schema of its own, which it creates and migrates. */
export async function openPostgresStore({ settings, workers, onError }: OpenStoreOptions): Promise<QueueStore> {
  const pool = new pg.Pool({
    connectionString: settings.databaseUrl,
    // each worker takes one connection out of the pool for good
    max: workers + WORKING_CONNECTIONS,
    keepAlive: true,
    options: `-c search_path=${QUEUE_SCHEMA}`,
    application_name: 'herald-queue',
  });
  // BullMQ adds listeners for every queue and worker
  pool.setMaxListeners(0);
  pool.on('error', onError);
  try {
    const client = await pool.connect();
    await runMigrations(client, QUEUE_SCHEMA).finally(() => client.release());
  } catch (error) {
    await pool.end();
    throw new Error(`the queue cannot use PostgreSQL at DATABASE_URL: ${(error as Error).message}`, { cause: error });
  }
  return {
    kind: 'postgres',
    backend: createPostgresBackend as unknown as QueueStore['backend'],
    producer: pool as unknown as QueueStore['producer'],
    consumer: pool as unknown as QueueStore['consumer'],
    drainDelay: 30,
    ping: async () => void (await pool.query('SELECT 1')),
    close: () => pool.end(),
  };
}
