import type { Database, Unit } from '../database/index.js';

/** Where memory is read: an open unit, which sees its own writes, or the database outside of any. */
export type MemoryReader = Pick<Unit, 'query'> & Pick<Database, 'of'>;

/** Few enough for one IN list on both stores, many enough that a batch of leads needs one query. */
const KEYS_AT_ONCE = 500;

/** Reads by many keys, a part of them at a time; keys named twice are read once. */
export async function readInParts<T>(keys: Iterable<string>, read: (part: string[]) => Promise<T[]>): Promise<T[]> {
  const distinct = [...new Set(keys)];
  const found: T[] = [];
  for (let start = 0; start < distinct.length; start += KEYS_AT_ONCE) {
    for (const row of await read(distinct.slice(start, start + KEYS_AT_ONCE))) found.push(row);
  }
  return found;
}
