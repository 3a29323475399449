import { randomBytes } from 'node:crypto';

const POOL_BYTES = 8192;
/** Random hex digits, and how many of them are used. */
let pool = '';
let used = 0;
let lastMillisecond = 0;
let millisecond = '';
let sequence = 0;

/**
 * A new row id: prefix, then 9 base-36 characters of the millisecond, 3 of a counter within it, 10 hex digits of
 * randomness. Ids made by one process sort in the order in which they were made, which keeps index inserts at the
 * right edge.
 */
export function newId(prefix: string, now: number = Date.now()): string {
  if (now > lastMillisecond) {
    lastMillisecond = now;
    millisecond = now.toString(36).padStart(9, '0');
    sequence = 0;
  }
  const counter = (sequence++ % 46656).toString(36).padStart(3, '0');
  return `${prefix}_${millisecond}${counter}${randomHex(10)}`;
}

function randomHex(digits: number): string {
  if (used + digits > pool.length) {
    pool = randomBytes(POOL_BYTES).toString('hex');
    used = 0;
  }
  used += digits;
  return pool.slice(used - digits, used);
}
