import { type Reader, type SqlRow, marks } from '../database/index.js';

/** Few enough for one IN list on both stores, many enough that a batch of leads needs one query. */
const KEYS_AT_ONCE = 500;

/** Reads by many keys, a part of them at a time; keys named twice are read once. */
export async function readInParts<T>(keys: Iterable<string>, read: (part: string[]) => Promise<T[]>): Promise<T[]> {
  const distinct = [...new Set(keys)];
  if (distinct.length <= KEYS_AT_ONCE) return distinct.length === 0 ? [] : read(distinct);
  const found: T[] = [];
  for (let start = 0; start < distinct.length; start += KEYS_AT_ONCE) {
    for (const row of await read(distinct.slice(start, start + KEYS_AT_ONCE))) found.push(row);
  }
  return found;
}

/** Raw rows by many keys: `head` ends where a list of them in parentheses follows. */
export function queryInParts(
  reader: Pick<Reader, 'query'>,
  head: string,
  keys: readonly string[],
  tail = '',
): Promise<SqlRow[]> {
  // one key is the common case, and its text is made once
  if (keys.length === 1) return reader.query(`${head} (?) ${tail}`, keys);
  return readInParts(keys, (part) => reader.query(`${head} (${marks(part)}) ${tail}`, part));
}

export interface TupleQuery {
  readonly table: string;
  readonly columns: readonly string[];
  /** The values of the columns, one list per row that is looked for. */
  readonly tuples: readonly (readonly (string | number)[])[];
}

const MOST_AT_ONCE = 256;

/**
 * The rows with one of the given combinations of values. It asks for 1, 2, 4, … 256 combinations at a time, the last
 * repeated to fill up, so that a handful of prepared statements serve every number of them.
 */
export async function readByTuples(reader: Reader, { table, columns, tuples }: TupleQuery): Promise<SqlRow[]> {
  const distinct = [...new Map(tuples.map((tuple) => [tuple.join('\0'), tuple])).values()];
  const found: SqlRow[] = [];
  for (let start = 0; start < distinct.length; start += MOST_AT_ONCE) {
    const part = distinct.slice(start, start + MOST_AT_ONCE);
    const size = 2 ** Math.ceil(Math.log2(part.length));
    const filled = Array.from({ length: size }, (_, index) => part[Math.min(index, part.length - 1)]!);
    const places = filled.map(() => (columns.length === 1 ? '?' : `(${marks(columns)})`)).join(',');
    // a plain list is looked up in half the time on SQLite
    const condition =
      columns.length === 1 ? `${columns[0]} IN (${places})` : `(${columns.join(',')}) IN (VALUES ${places})`;
    for (const row of await reader.query(`SELECT * FROM ${table} WHERE ${condition}`, filled.flat())) found.push(row);
  }
  return found;
}
