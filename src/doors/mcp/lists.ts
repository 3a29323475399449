import {
  type CompleteRequest,
  type CompleteResult,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import { hasScope } from '../../operations/index.js';
import type { McpCaller, Offerings } from './offerings.js';

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

/** As many as the protocol lets an answer hold. */
const MOST_VALUES = 100;

/**
 * Values for an argument of a prompt or a variable of a template, as far as the caller's scopes open what the values
 * are of.
 */
export async function completionOf(
  { ref, argument, context }: CompleteRequest['params'],
  offerings: Offerings,
  caller: McpCaller,
): Promise<CompleteResult> {
  const target = ref.type === 'ref/prompt' ? offerings.prompt(ref.name) : offerings.template(ref.uri);
  if (!target) {
    // a plain resource has no variables
    if (ref.type === 'ref/resource' && offerings.at(ref.uri)) return { completion: { values: [] } };
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'ref: names no prompt and no resource template', {
      code: 'unknown_reference',
    });
  }
  const complete = target.complete?.[argument.name];
  if (!complete || (target.scope !== null && !hasScope(caller.principal, target.scope)))
    return { completion: { values: [] } };
  const values = await complete(argument.value, caller, context?.arguments ?? {});
  return { completion: { values: values.slice(0, MOST_VALUES), hasMore: values.length > MOST_VALUES } };
}
