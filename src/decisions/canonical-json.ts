import { createHash } from 'node:crypto';

/**
 * JSON text that is the same for the same value, whatever the order of its keys: keys sorted by UTF-16 units, no white
 * space, numbers as ECMAScript writes them (the rules of RFC 8785). Fields that are undefined do not count.
 * @throws TypeError for what JSON cannot hold (NaN, infinities, bigint, functions), since it would change unseen
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || value === true || value === false) return String(value);
  // as ECMAScript writes it; the negative zero is a zero
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'object') throw new TypeError(`JSON cannot hold ${String(value)}`);
  if (Array.isArray(value)) {
    let items = '';
    for (const each of value) items += `${items && ','}${canonicalJson(each ?? null)}`;
    return `[${items}]`;
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const plain = value.toJSON() as unknown;
    if (plain !== value) return canonicalJson(plain);
  }
  let fields = '';
  for (const name of Object.keys(value).sort()) {
    const each = (value as Record<string, unknown>)[name];
    if (each !== undefined) fields += `${fields && ','}${quoted(name)}:${canonicalJson(each)}`;
  }
  return `{${fields}}`;
}

/** Names of fields come again and again, and most are plain. */
function quoted(name: string): string {
  return /^\w*$/.test(name) ? `"${name}"` : JSON.stringify(name);
}

/** SHA-256 of the canonical JSON, in hex. */
export function hashJson(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
