import { randomBytes } from 'node:crypto';

const POOL_BYTES = 8192;
let pool = Buffer.alloc(0);
let used = 0;
let lastMillisecond = 0;
let sequence = 0;

/**
 * A new row id: prefix, then 9 base-36 characters of the millisecond, 3 of a counter within it, 10 hex digits of
 * randomness. Ids made by one process sort in the order in which they were made, which keeps index inserts at the
 * right edge.
 */
export function newId(prefix: string, now: number = Date.now()): string {
  if (now > lastMillisecond) {
    lastMillisecond = now;
    sequence = 0;
  }
  const counter = (sequence++ % 46656).toString(36).padStart(3, '0');
  return `${prefix}_${lastMillisecond.toString(36).padStart(9, '0')}${counter}${randomHex(5)}`;
}

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
