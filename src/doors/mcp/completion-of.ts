import {
  type CompleteRequest,
  type CompleteResult,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import { hasScope } from '../../operations/index.js';
import type { McpCaller } from './offering.js';
import type { Offerings } from './offerings.js';

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
