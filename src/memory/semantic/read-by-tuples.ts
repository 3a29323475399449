import type { SqlRow } from '../../database/index.js';
import type { MemoryReader } from '../memory-reader.js';

export interface TupleQuery {
  readonly table: string;
  readonly columns: readonly string[];
  /** The values of the columns, one list per row that is looked for. */
  readonly tuples: readonly (readonly string[])[];
}

const MOST_AT_ONCE = 256;

/**
 * The rows with one of the given combinations of values. It asks for 1, 2, 4, … 256 combinations at a time, the last
 * repeated to fill up, so that a handful of prepared statements serve every number of them.
 */
export async function readByTuples(
  reader: Pick<MemoryReader, 'query'>,
  { table, columns, tuples }: TupleQuery,
): Promise<SqlRow[]> {
  const distinct = [...new Map(tuples.map((tuple) => [tuple.join('\0'), tuple])).values()];
  const found: SqlRow[] = [];
  for (let start = 0; start < distinct.length; start += MOST_AT_ONCE) {
    const part = distinct.slice(start, start + MOST_AT_ONCE);
    const size = 2 ** Math.ceil(Math.log2(part.length));
    const filled = Array.from({ length: size }, (_, index) => part[Math.min(index, part.length - 1)]!);
    const places = filled.map(() => (columns.length === 1 ? '?' : `(${columns.map(() => '?').join(',')})`)).join(',');
    // a plain list is looked up in half the time on SQLite
    const condition =
      columns.length === 1 ? `${columns[0]} IN (${places})` : `(${columns.join(',')}) IN (VALUES ${places})`;
    for (const row of await reader.query(`SELECT * FROM ${table} WHERE ${condition}`, filled.flat())) found.push(row);
  }
  return found;
}
