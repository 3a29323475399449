import type BetterSqlite3 from 'better-sqlite3';
import type { Pool, PoolClient, QueryResult } from 'pg';
import { postgresFault } from './store-fault.js';
import { isBusy, whenFree } from './when-free.js';

export type SqlRow = Record<string, unknown>;

/** SQL with `?` placeholders against one store, in or outside a transaction. */
export interface Connection {
  readonly dialect: 'sqlite' | 'postgres';
  query(sql: string, params?: readonly unknown[]): Promise<SqlRow[]>;
  /** @returns the number of rows changed */
  execute(sql: string, params?: readonly unknown[]): Promise<number>;
  /** @returns the number of rows inserted or changed */
  insert(statement: InsertStatement, rows: readonly (readonly unknown[])[]): Promise<number>;
}

/** An INSERT in its parts. One object per table and kind: the text is made, and looked up by its hash, only once. */
export class InsertStatement {
  /** The placeholders of one row, in parentheses. */
  readonly row: string;
  /** The statement for a single row. */
  readonly single: string;

  /**
   * @param head INSERT INTO … (…)
   * @param tail what follows VALUES (…), such as ON CONFLICT
   */
  constructor(
    readonly head: string,
    readonly columnCount: number,
    readonly tail: string,
  ) {
    this.row = `(${new Array(columnCount).fill('?').join(',')})`;
    this.single = `${head} VALUES ${this.row} ${tail}`;
  }
}

const STATEMENTS_KEPT = 500;

/** better-sqlite3, synchronous underneath, with its prepared statements kept. */
export class SqliteConnection implements Connection {
  readonly dialect = 'sqlite';
  /** Rows that were changed through it, without those of triggers. */
  changes = 0;
  private readonly statements = new Map<string, BetterSqlite3.Statement>();
  private readonly queries = new Map<string, { statement: BetterSqlite3.Statement; toRow: RowMaker }>();

  /** @param waitMs how long a query waits for a lock that another process holds */
  constructor(
    readonly database: BetterSqlite3.Database,
    private readonly waitMs = 0,
  ) {
    // SQLite would wait inside the call
    database.pragma('busy_timeout = 0');
  }

  async query(sql: string, params: readonly unknown[] = []): Promise<SqlRow[]> {
    try {
      return this.ask(sql, params);
    } catch (error) {
      // readers wait for nobody, but for a process that opens or closes the file
      if (this.waitMs === 0 || !isBusy(error)) throw error;
      return whenFree(() => this.ask(sql, params), performance.now() + this.waitMs);
    }
  }

  private ask(sql: string, params: readonly unknown[]): SqlRow[] {
    const { statement, toRow } = kept(this.queries, sql, () => {
      const prepared = this.database.prepare(sql).raw();
      return { statement: prepared, toRow: rowMaker(prepared.columns().map(({ name }) => name)) };
    });
    return (statement.all(...params) as unknown[][]).map(toRow);
  }

  async execute(sql: string, params: readonly unknown[] = []): Promise<number> {
    const { changes } = this.prepare(sql).run(...params);
    this.changes += changes;
    return changes;
  }

  async insert({ single }: InsertStatement, rows: readonly (readonly unknown[])[]): Promise<number> {
    const statement = this.prepare(single);
    let changed = 0;
    for (const row of rows) changed += statement.run(...row).changes;
    this.changes += changed;
    return changed;
  }

  prepare(sql: string): BetterSqlite3.Statement {
    return kept(this.statements, sql, () => this.database.prepare(sql));
  }
}

function kept<T>(statements: Map<string, T>, sql: string, make: () => T): T {
  let statement = statements.get(sql);
  if (!statement) {
    if (statements.size >= STATEMENTS_KEPT) statements.delete(statements.keys().next().value!);
    statement = make();
    statements.set(sql, statement);
  }
  return statement;
}

type RowMaker = (values: readonly unknown[]) => SqlRow;

/**
 * Makes rows of one statement, all of one shape. A function made of its columns takes a hundredth of the time of a loop
 * over them, or of the driver's own objects, which are also slow to read and to copy.
 */
function rowMaker(columns: readonly string[]): RowMaker {
  const fields = columns.map((name, index) => `${JSON.stringify(name)}: values[${index}]`);
  // of the columns of our own statements, never of what anybody sent
  return new Function('values', `return { ${fields.join(', ')} };`) as RowMaker;
}

const POSTGRES_PARAMS = 60_000;

/** A pool (outside a transaction) or one of its clients (inside). */
export class PostgresConnection implements Connection {
  readonly dialect = 'postgres';

  constructor(private readonly client: Pool | PoolClient) {}

  async query(sql: string, params: readonly unknown[] = []): Promise<SqlRow[]> {
    return (await this.run(sql, params)).rows as SqlRow[];
  }

  async execute(sql: string, params: readonly unknown[] = []): Promise<number> {
    return (await this.run(sql, params)).rowCount ?? 0;
  }

  async insert(
    { head, row, columnCount, tail }: InsertStatement,
    rows: readonly (readonly unknown[])[],
  ): Promise<number> {
    const rowsAtOnce = Math.max(1, Math.floor(POSTGRES_PARAMS / columnCount));
    let changed = 0;
    for (let start = 0; start < rows.length; start += rowsAtOnce) {
      const part = rows.slice(start, start + rowsAtOnce);
      changed += await this.execute(`${head} VALUES ${part.map(() => row).join(',')} ${tail}`, part.flat());
    }
    return changed;
  }

  private async run(sql: string, params: readonly unknown[]): Promise<QueryResult> {
    try {
      return await this.client.query(numbered(sql), params as unknown[]);
    } catch (error) {
      throw postgresFault(error);
    }
  }
}

const numberedTexts = new Map<string, string>();

/** `?` to `$1`, `$2`, …, leaving quoted text alone. */
function numbered(sql: string): string {
  const known = numberedTexts.get(sql);
  if (known !== undefined) return known;
  let index = 0;
  const text = sql.replace(/'(?:[^']|'')*'|"[^"]*"|\?/g, (match) => (match === '?' ? `$${++index}` : match));
  if (numberedTexts.size >= STATEMENTS_KEPT) numberedTexts.clear();
  // a bulk insert's text is long and differs with the row count: not worth keeping
  if (sql.length < 4_000) numberedTexts.set(sql, text);
  return text;
}
