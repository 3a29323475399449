import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { CallOptions } from '../../../operations/index.js';
import type { McpCaller } from '../offering.js';

/** Members of a request's `_meta` that this door understands. */
export const IDEMPOTENCY_KEY = 'herald/idempotencyKey';
export const IF_MATCH = 'herald/ifMatch';

/**
 * How the bus is called for a tool call: in the caller's name, with what `_meta` says, and with its cancellation.
 * @throws ProtocolError invalid params for a `_meta` member that is no text
 */
export function callOptions({ principal, requestId, mcp }: McpCaller): CallOptions {
  const meta = mcp.mcpReq._meta ?? {};
  const idempotencyKey = textIn(meta, IDEMPOTENCY_KEY);
  const ifMatch = textIn(meta, IF_MATCH);
  return {
    principal,
    requestId,
    door: 'mcp',
    signal: mcp.mcpReq.signal,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(ifMatch !== undefined && { ifMatch }),
  };
}

function textIn(meta: Record<string, unknown>, name: string): string | undefined {
  const value = meta[name];
  if (value === undefined || (typeof value === 'string' && value.length > 0 && value.length <= 200)) return value;
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, `_meta["${name}"]: must be a text of 1 to 200 characters`);
}
