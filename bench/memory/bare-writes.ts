import { copyFileSync, rmSync } from 'node:fs';
import BetterSqlite3, { type Database, type Statement } from 'better-sqlite3';

export interface ComparedWrites {
  readonly perSecond: number;
  /** The same rows by prepared statements alone. */
  readonly barePerSecond: number;
  /** The first over the second. */
  readonly ratio: number;
}

interface Write {
  readonly sql: string;
  readonly params: readonly unknown[];
}

const SLICES = 20;
const IS_BOUNDARY = /^(BEGIN|COMMIT)\b/;
const CHANGES_ROWS = /^\s*(INSERT|UPDATE|DELETE)\b/;

/**
 * The limit that writing is held against: the very rows that an operation wrote, by prepared statements on a copy of
 * the file as it was before, in the same transactions. What the operation asked, savepoints, and statements that
 * changed no row are left out. Both go on by turns, a slice each, so that what else the machine does slows both.
 */
export class BareWrites {
  private readonly copy: string;
  private readonly database: Database;
  private readonly statements = new Map<string, Statement>();

  /** @param file of a database that nobody has open; it is copied as it is now */
  constructor(private readonly file: string) {
    this.copy = `${file}.bare`;
    copyFileSync(file, this.copy);
    this.database = openAsTheServerDoes(this.copy);
  }

  /** @param write runs the operation `count` times, and resolves when all that follows from them is written too */
  async compare(count: number, write: (count: number) => Promise<unknown>): Promise<ComparedWrites> {
    let seconds = 0;
    let bareSeconds = 0;
    const perSlice = Math.ceil(count / SLICES);
    for (let slice = 0; slice < SLICES; slice++) {
      const writes: Write[] = [];
      const stop = listen(this.file, writes);
      const started = performance.now();
      await write(perSlice);
      seconds += (performance.now() - started) / 1_000;
      stop();
      bareSeconds += this.replay(writes);
    }
    const written = perSlice * SLICES;
    return { perSecond: written / seconds, barePerSecond: written / bareSeconds, ratio: bareSeconds / seconds };
  }

  close(): void {
    this.database.close();
    rmSync(this.copy);
  }

  private replay(writes: readonly Write[]): number {
    const prepared = writes.map(({ sql, params }) => {
      let statement = this.statements.get(sql);
      if (!statement) this.statements.set(sql, (statement = this.database.prepare(sql)));
      return { statement, params };
    });
    const started = performance.now();
    for (const { statement, params } of prepared) statement.run(...params);
    return (performance.now() - started) / 1_000;
  }
}

/** Notes what the connections of this process write to the file. @returns ends it */
function listen(file: string, writes: Write[]): () => void {
  const database = new BetterSqlite3(':memory:');
  const prototype = Object.getPrototypeOf(database.prepare('SELECT 1')) as Statement;
  database.close();

  const { run } = prototype;
  prototype.run = function (this: Statement, ...params: unknown[]) {
    const result = run.apply(this, params);
    if (this.database.name !== file) return result;
    // a savepoint answers with the changes of the statement before it
    if (IS_BOUNDARY.test(this.source) || (result.changes > 0 && CHANGES_ROWS.test(this.source)))
      writes.push({ sql: this.source, params });
    return result;
  };
  return () => void (prototype.run = run);
}

function openAsTheServerDoes(file: string): Database {
  const database = new BetterSqlite3(file, { timeout: 5_000 });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('foreign_keys = ON');
  database.pragma('cache_size = -64000');
  database.pragma('temp_store = MEMORY');
  database.pragma('wal_autocheckpoint = 16000');
  return database;
}
