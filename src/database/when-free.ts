import { setTimeout as pause } from 'node:timers/promises';
import { storeBusy } from './store-fault.js';

/** A busy process frees the lock for less than a millisecond at a time: who waits must ask often to have its turn. */
const LONGEST_PAUSE_MS = 5;

/**
 * Runs a statement on SQLite once no other process holds the lock that it needs. SQLite's own `busy_timeout` waits
 * inside the call, and nobody would be served meanwhile; here the event loop goes on turning.
 * @param until `performance.now()` at which the wait ends
 * @throws AppError unavailable when it has ended
 */
export async function whenFree<T>(statement: () => T, until: number): Promise<T> {
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return statement();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() >= until) throw storeBusy('another process is writing to it', error);
    }
    await pause(pauseMs);
  }
}

/** SQLITE_BUSY and its kinds: another connection has the lock. */
export function isBusy(error: unknown): boolean {
  return (error as { code?: string }).code?.startsWith('SQLITE_BUSY') === true;
}
