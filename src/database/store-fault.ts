import { AppError, unavailable } from '../errors/index.js';

const RETRY_AFTER_SECONDS = 2;
/**
 * PostgreSQL's codes for what may be well in a moment: cancelled by a time-out, ended from outside, shutting down,
 * still starting, no connection free.
 */
const PASSING = new Set(['57014', '57P01', '57P02', '57P03', '57P05', '25P03', '53300', '55P03']);
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);
const FULL = new Set(['SQLITE_FULL', '53100']);
const RETRY_WHEN_FULL_SECONDS = 30;
/** What the driver says without a code. */
const CONNECTION_WORDS = /^Connection terminated|connection error and is not queryable/;

/** A wait for the store that came to its end. */
export function storeBusy(reason: string, cause?: unknown): AppError {
  return unavailable(`the database is busy: ${reason}; try again`, RETRY_AFTER_SECONDS, cause);
}

/** SQLite's error as it is told: `unavailable` where the disk is full, otherwise the error itself. */
export function sqliteFault(error: unknown): unknown {
  return FULL.has((error as { code?: string }).code ?? '') ? diskFull(error) : error;
}

/** PostgreSQL's error as it is told: `unavailable` where trying again can help, otherwise the error itself. */
export function postgresFault(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (FULL.has(code)) return diskFull(error);
  if (code === '57014') return storeBusy('a statement took longer than it may', error);
  if (message.startsWith('timeout exceeded')) return storeBusy('no connection came free in time', error);
  const isPassing = PASSING.has(code) || NETWORK.has(code) || code.startsWith('08') || CONNECTION_WORDS.test(message);
  return isPassing ? unavailable('the database does not answer; try again', RETRY_AFTER_SECONDS, error) : error;
}

function diskFull(cause: unknown): AppError {
  return unavailable('the disk of the database is full', RETRY_WHEN_FULL_SECONDS, cause);
}
