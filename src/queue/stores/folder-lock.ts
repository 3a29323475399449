import BetterSqlite3 from 'better-sqlite3';

/** Its message is the one line that an operator reads. */
export class QueueFolderInUseError extends Error {
  constructor(lockFile: string) {
    const remedy = 'stop it, or set HERALD_DATA_DIR to another folder';
    super(`the queue in this data folder is in use by another Herald process (${lockFile} is locked): ${remedy}`);
    this.name = 'QueueFolderInUseError';
  }
}

/**
 * Takes a lock that the operating system gives back even after kill -9: an exclusive SQLite transaction on a file of
 * its own. Who holds it is the only one to carry the outbox of this folder, and so may take all that another process
 * left enqueued for its own.
 * @returns the function that releases it
 * @throws QueueFolderInUseError when another process holds it
 */
export function lockFolder(lockFile: string): () => void {
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
