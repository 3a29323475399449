import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { migrations } from '../../migrations/index.js';

/** A megabyte at a time: a server beside it waits for the disk no longer than that. */
const PAGES_A_STEP = 256;
/** A database and what SQLite keeps beside it, by the endings of their names. */
const FILES = ['', '-wal', '-shm', '-journal'];

export interface BackupReport {
  readonly file: string;
  readonly bytes: number;
  readonly pages: number;
  readonly seconds: number;
}

export interface BackupChoice {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** Pages copied at once. */
  readonly pagesAStep?: number;
}

/** The copy, or what is to be restored, does not hold together. */
export class DamagedDatabaseError extends Error {}

/**
 * A consistent copy of a SQLite file, taken while others write to it. It appears under its name only when it is whole
 * and its integrity is checked; until then a former file of that name stays.
 */
export async function backUp(source: string, target: string, choice: BackupChoice = {}): Promise<BackupReport> {
  const { onProgress, signal, pagesAStep = PAGES_A_STEP } = choice;
  const started = performance.now();
  if (!existsSync(source)) throw new Error(`there is no database at ${source}`);
  if (isSameFile(source, target)) throw new Error(`${target} is the database itself; name another file`);
  const partial = `${resolve(target)}.partial-${process.pid}`;
  const database = new BetterSqlite3(source, { readonly: true, fileMustExist: true, timeout: 5_000 });
  try {
    // one snapshot from the first page to the last: without it, every write by another process starts the copy over
    database.exec('BEGIN; SELECT 1 FROM sqlite_schema');
    const { totalPages } = await database.backup(partial, {
      progress: ({ totalPages: total, remainingPages }) => {
        signal?.throwIfAborted();
        onProgress?.(total - remainingPages, total);
        return pagesAStep;
      },
    });
    finish(partial);
    renameSync(partial, target);
    syncFolder(target);
    const seconds = Math.round(performance.now() - started) / 1000;
    return { file: target, bytes: statSync(target).size, pages: totalPages, seconds };
  } catch (error) {
    throw asDamaged(error);
  } finally {
    database.close();
    removeWithLog(partial);
  }
}

/**
 * Puts a copy in the place of the database, which must not be open anywhere. What was there stays beside it.
 * @returns where the former database is now, if there was one
 */
export function restore(copy: string, target: string): string | undefined {
  if (!existsSync(copy)) throw new Error(`there is no file ${copy}`);
  if (isSameFile(copy, target)) throw new Error(`${copy} is the database itself; name its copy`);
  const partial = `${resolve(target)}.partial-${process.pid}`;
  try {
    copyFileSync(copy, partial);
    checkIsHerald(partial, copy);
    finish(partial);
    const former = putAside(target);
    renameSync(partial, target);
    syncFolder(target);
    return former;
  } catch (error) {
    throw asDamaged(error);
  } finally {
    removeWithLog(partial);
  }
}

/** Checks the file, takes it out of WAL mode, so that it is whole without companions, and sees it on the disk. */
function finish(file: string): void {
  const database = new BetterSqlite3(file);
  try {
    const problems = database.pragma('integrity_check(10)') as { integrity_check: string }[];
    if (problems[0]?.integrity_check !== 'ok') {
      const first = problems[0]?.integrity_check ?? 'no answer';
      throw new DamagedDatabaseError(`the copy fails SQLite's integrity check (${first}); nothing was replaced`);
    }
    database.pragma('journal_mode = DELETE');
  } finally {
    database.close();
  }
  sync(file);
}

/** A file so damaged that SQLite gives up on it before its check can say where. */
function asDamaged(error: unknown): unknown {
  if (!isDamage(error)) return error;
  const { message } = error as Error;
  return new DamagedDatabaseError(`the copy fails SQLite's integrity check (${message}); nothing was replaced`);
}

function isDamage(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === 'SQLITE_NOTADB' || code?.startsWith('SQLITE_CORRUPT') === true;
}

/** Refuses what is no database of Herald's, or one of a newer Herald whose tables this one does not know. */
function checkIsHerald(file: string, name: string): void {
  let applied: string[];
  const database = new BetterSqlite3(file);
  try {
    applied = database.prepare('SELECT name FROM migrations').pluck().all() as string[];
  } catch {
    throw new DamagedDatabaseError(`${name} is no database of Herald's`);
  } finally {
    database.close();
  }
  const known = new Set(migrations.map((each) => each.name));
  const unknown = applied.filter((each) => !known.has(each));
  if (unknown.length > 0) throw new Error(`${name} comes from a newer Herald (${unknown.join(', ')})`);
}

/**
 * Moves the database out of the way with its log, which must not be read into the file that comes in its place. A name
 * that a former restore used stays: it may be the only good state there is.
 */
function putAside(target: string): string | undefined {
  if (existsSync(target)) leaveWalMode(target);
  let former = `${target}.before-restore`;
  for (let count = 2; existsSync(former); count++) former = `${target}.before-restore.${count}`;
  for (const ending of FILES) if (existsSync(target + ending)) renameSync(target + ending, former + ending);
  return existsSync(former) ? former : undefined;
}

/**
 * Only a connection that is alone may leave WAL mode, so this finds out too whether a server has the file open. What is
 * too damaged for it is left as it is: to have it replaced is what a copy is for.
 */
function leaveWalMode(target: string): void {
  const database = new BetterSqlite3(target, { timeout: 0 });
  try {
    database.pragma('journal_mode = DELETE');
  } catch (error) {
    if (isDamage(error)) return;
    if (!(error as { code?: string }).code?.startsWith('SQLITE_BUSY')) throw error;
    throw new Error(`${target} is in use: stop Herald first`, { cause: error });
  } finally {
    database.close();
  }
}

function isSameFile(one: string, other: string): boolean {
  const place = (file: string): string => {
    const { dev, ino } = statSync(file);
    return `${dev}:${ino}`;
  };
  return existsSync(one) && existsSync(other) && place(one) === place(other);
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** The new name itself has to survive a power cut. */
function syncFolder(file: string): void {
  sync(dirname(resolve(file)));
}

function removeWithLog(file: string): void {
  for (const ending of FILES) rmSync(file + ending, { force: true });
}
