import type { SqliteConnection } from './connection.js';
import { whenFree } from './when-free.js';

/**
 * Shorter than the time after which the event loop gets its turn, so that nobody waits for a commit through a whole
 * turn.
 */
const LONGEST_MS = 5;
/**
 * One SQLite transaction for several units that run one after another: a commit costs as much as a small unit, and
 * units that wait in line touch the same pages. Each unit still stands or falls by itself (a savepoint), and counts
 * as done only when all is committed.
 */
export class SharedCommit {
  /** Resolves when the units that succeeded are on disk; rejects when the commit fails, for all of them. */
  readonly committed: Promise<void>;
  private readonly started = performance.now();
  private succeeded = 0;
  private settle!: { resolve: () => void; reject: (error: unknown) => void };

  private constructor(private readonly writer: SqliteConnection) {
    this.committed = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    // whoever waits for it is told; where all units failed nobody does
    this.committed.catch(() => undefined);
  }

  /**
   * Waits for the lock, where another process holds it, without holding up the event loop.
   * @param until `performance.now()` at which the wait ends
   * @throws AppError unavailable when it has ended
   */
  static async begin(writer: SqliteConnection, until: number): Promise<SharedCommit> {
    await whenFree(() => writer.prepare('BEGIN IMMEDIATE').run(), until);
    return new SharedCommit(writer);
  }

  /** Whether one more unit may join. */
  get hasRoom(): boolean {
    return this.writer.database.inTransaction && performance.now() - this.started < LONGEST_MS;
  }

  /** Runs a unit's work; when it throws, nothing of it stays. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    // the first that succeeds has nobody's rows to protect
    const isAlone = this.succeeded === 0;
    if (!isAlone) this.writer.prepare('SAVEPOINT unit').run();
    try {
      const result = await work();
      if (!isAlone) this.writer.prepare('RELEASE unit').run();
      this.succeeded++;
      return result;
    } catch (error) {
      this.undo(isAlone, error);
      throw error;
    }
  }

  commit(): void {
    try {
      // fails when SQLite has rolled back and the unit went on nevertheless
      if (this.succeeded > 0) this.writer.prepare('COMMIT').run();
      this.settle.resolve();
    } catch (error) {
      if (this.writer.database.inTransaction) this.writer.prepare('ROLLBACK').run();
      this.settle.reject(error);
    }
  }

  private undo(isAlone: boolean, error: unknown): void {
    // some errors (disk full, for one) make SQLite roll back all by itself
    if (!this.writer.database.inTransaction) this.settle.reject(error);
    else if (isAlone) this.writer.prepare('ROLLBACK').run();
    else {
      this.writer.prepare('ROLLBACK TO unit').run();
      this.writer.prepare('RELEASE unit').run();
    }
  }
}
