import { dirname } from 'node:path';
import BetterSqlite3, { type Database, type Statement } from 'better-sqlite3';
import { Settings } from '../../src/config/index.js';
import { dataSourceOptions } from '../../src/database/index.js';

/** Tables that one triage writes to besides the lead. */
export const TRIAGE_TABLES = ['decisions', 'agent_actions', 'memory_short_term', 'handoffs', 'outbox'] as const;
/** Rows of each table that are taken as patterns, the newest ones: those that Herald wrote itself. */
const PATTERNS = 200;

/**
 * A database with the tables and indexes of another one (not its triggers and full text) and none of its rows, set up
 * with the server's own pragmas.
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
  const options = dataSourceOptions(new Settings({ HERALD_DATA_DIR: dirname(file) }));
  if (options.type !== 'better-sqlite3') throw new Error('the bare limit is measured on SQLite');
  copy.pragma('journal_mode = WAL');
  void options.prepareDatabase?.(copy);
  for (const sql of statements) copy.exec(sql);
  return copy;
}

/**
 * Inserts rows like those of a database that Herald has worked on, one prepared statement a table: what Herald wrote
 * last is the pattern, so that JSON and texts have its sizes; keys are new ones of the same length.
 */
export class BareInserts {
  private readonly tables: readonly { insert: Statement; patterns: unknown[][]; keys: readonly number[] }[];
  private count = 0;

  constructor(
    private readonly database: Database,
    like: string,
    tables: readonly string[],
  ) {
    const original = new BetterSqlite3(like, { readonly: true });
    this.tables = tables.map((table) => prepare(original, database, table));
    original.close();
  }

  /** One row into each table, in one transaction. */
  insertOneEach(): void {
    const index = this.count++;
    this.database.exec('BEGIN IMMEDIATE');
    for (const { insert, patterns, keys } of this.tables) {
      const row = patterns[index % patterns.length]!.slice();
      for (const column of keys) row[column] = freshKey(row[column], index);
      insert.run(row);
    }
    this.database.exec('COMMIT');
  }
}

function prepare(original: Database, copy: Database, table: string) {
  const columns = (original.pragma(`table_info("${table}")`) as { name: string; pk: number }[]).map(({ name }) => name);
  const patterns = original
    .prepare(`SELECT * FROM "${table}" ORDER BY rowid DESC LIMIT ${PATTERNS}`)
    .raw()
    .all() as unknown[][];
  if (patterns.length === 0) throw new Error(`there is no row of "${table}" to go by`);
  const insert = copy.prepare(`INSERT INTO "${table}" VALUES (${columns.map(() => '?').join(',')})`);
  return { insert, patterns, keys: uniqueColumns(original, table).map((name) => columns.indexOf(name)) };
}

/** Of each unique index a column of text or number that differs from row to row; others keep the pattern's value. */
function uniqueColumns(database: Database, table: string): string[] {
  const own = (database.pragma(`table_info("${table}")`) as { name: string; pk: number }[])
    .filter(({ pk }) => pk > 0)
    .map(({ name }) => name);
  const indexes = database.pragma(`index_list("${table}")`) as { name: string; unique: number }[];
  const others = indexes
    .filter(({ unique }) => unique === 1)
    .flatMap(({ name }) => (database.pragma(`index_info("${name}")`) as { name: string }[]).map((each) => each.name));
  return [...new Set([...own, ...others])].filter((name) => /(_id|_key|^id|email)$/.test(name));
}

/** Random keys fall anywhere into an index; these do too, by turning the count's digits round. */
function freshKey(pattern: unknown, index: number): unknown {
  if (pattern === null) return null;
  if (typeof pattern === 'number') return index + 1;
  const turned = String(index + 1_000_000)
    .split('')
    .reverse()
    .join('');
  return turned + String(pattern).slice(turned.length);
}
