/** One page of a list, and where the next begins; `next_cursor` is null on the last page. */
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** A cursor that this server did not make, or made for another order. */
export class CursorError extends Error {}

/** The place after a row: the values of the order columns, ending in the key. */
export function encodeCursor(order: string, values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([order, ...values])).toString('base64url');
}

/** @throws CursorError when the text is not a cursor for this order */
export function decodeCursor(cursor: string, order: string, length: number): unknown[] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw new CursorError('cursor is not one that this server gave out');
  }
  const isValid = Array.isArray(parts) && parts.length === length + 1 && parts.every(isStorable);
  if (!isValid) throw new CursorError('cursor is not one that this server gave out');
  const [madeFor, ...values] = parts as [unknown, ...unknown[]];
  if (madeFor !== order)
    throw new CursorError(`cursor belongs to the order "${String(madeFor)}", this list is in the order "${order}"`);
  return values;
}

/** PostgreSQL takes no NUL in a text. */
function isStorable(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && !value.includes('\0'));
}
