import { createHash } from 'node:crypto';

/**
 * JSON text that is the same for the same value, whatever the order of its keys: keys sorted by UTF-16 units, no white
 * space, numbers as ECMAScript writes them (the rules of RFC 8785). Fields that are undefined do not count.
 * @throws TypeError for what JSON cannot hold (NaN, infinities, bigint, functions), since it would change unseen
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each ?? null)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`JSON cannot hold ${String(value)}`);
  const plain = 'toJSON' in value && typeof value.toJSON === 'function' ? (value.toJSON() as unknown) : value;
  if (plain !== value) return canonicalJson(plain);
  const fields = Object.entries(value).filter(([, each]) => each !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, each]) => `${JSON.stringify(name)}:${canonicalJson(each)}`).join(',')}}`;
}

/** SHA-256 of the canonical JSON, in hex. */
export function hashJson(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
