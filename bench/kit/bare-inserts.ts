import BetterSqlite3, { type Database, type Statement } from 'better-sqlite3';

/** Tables that one triage writes to besides the lead. */
export const TRIAGE_TABLES = ['decisions', 'agent_actions', 'memory_short_term', 'handoffs', 'outbox'] as const;
/** About what the JSON columns of a triage decision hold. */
const JSON_TEXT = JSON.stringify({ text: 'x'.repeat(400) });

/**
 * A database with the tables and indexes of another one (not its triggers and full text) and none of its rows, set up
 * as the server sets up its own.
 */
export function openEmptyCopy(of: string, file: string): Database {
  const original = new BetterSqlite3(of, { readonly: true });
  const statements = original
    .prepare(
      `SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         AND name NOT LIKE '%\\_fts%' ESCAPE '\\' ORDER BY type DESC`,
    )
    .pluck()
    .all() as string[];
  original.close();
  const copy = new BetterSqlite3(file);
  copy.pragma('journal_mode = WAL');
  copy.pragma('synchronous = NORMAL');
  copy.pragma('cache_size = -64000');
  copy.pragma('wal_autocheckpoint = 4000');
  for (const sql of statements) copy.exec(sql);
  return copy;
}

/** Inserts made-up rows, one prepared statement a table. */
export class BareInserts {
  private readonly statements: ReadonlyMap<string, { insert: Statement; row: (key: string) => unknown[] }>;
  private count = 0;

  constructor(
    private readonly database: Database,
    tables: readonly string[],
  ) {
    this.statements = new Map(tables.map((table) => [table, prepare(database, table)]));
  }

  /** One row into each table, in one transaction. */
  insertOneEach(): void {
    const key = `bare-${++this.count}`;
    this.database.exec('BEGIN IMMEDIATE');
    for (const { insert, row } of this.statements.values()) insert.run(row(key));
    this.database.exec('COMMIT');
  }
}

function prepare(database: Database, table: string): { insert: Statement; row: (key: string) => unknown[] } {
  const columns = database.pragma(`table_info("${table}")`) as { name: string; type: string }[];
  const insert = database.prepare(`INSERT INTO "${table}" VALUES (${columns.map(() => '?').join(',')})`);
  const cells = columns.map(({ name, type }) => cellOf(name, type.toLowerCase()));
  return { insert, row: (key) => cells.map((cell) => (typeof cell === 'function' ? cell(key) : cell)) };
}

function cellOf(name: string, type: string): unknown {
  if (/(_id|_key)$/.test(name)) return (key: string) => key;
  if (type === 'json') return JSON_TEXT;
  if (/_at$|^timestamp$/.test(name)) return '2026-01-31T09:30:00.000Z';
  return /^(varchar|text)$/.test(type) ? 'some text' : 1;
}
