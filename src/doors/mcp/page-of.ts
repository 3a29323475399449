import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';

export const PAGE_SIZE = 50;

/**
 * One page of a list that is ordered by its keys. The cursor names the last key given, so a list that grows or
 * shrinks meanwhile skips and repeats nothing that stayed.
 * @throws ProtocolError invalid params for a cursor that this list did not give
 */
export function pageOf<T>(
  all: readonly T[],
  key: (each: T) => string,
  cursor: string | undefined,
): { page: T[]; nextCursor?: string } {
  const after = cursor === undefined ? undefined : keyIn(cursor);
  const rest = after === undefined ? all : all.filter((each) => key(each) > after);
  const page = rest.slice(0, PAGE_SIZE);
  if (rest.length <= PAGE_SIZE) return { page };
  return { page, nextCursor: Buffer.from(JSON.stringify([key(page.at(-1)!)])).toString('base64url') };
}

function keyIn(cursor: string): string {
  try {
    const [key] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    if (typeof key === 'string') return key;
  } catch {
    // answered below
  }
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'cursor: is not one of this list', {
    code: 'invalid_cursor',
  });
}
