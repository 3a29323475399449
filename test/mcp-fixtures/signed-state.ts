import { randomBytes } from 'node:crypto';
import { createRequestStateCodec, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { McpCaller } from '../../src/doors/mcp/index.js';

const codec = createRequestStateCodec({ key: randomBytes(32) });

/** The text that a client brings back with its next round; it is signed, because the client could change it. */
export function signState(state: object): Promise<string> {
  return codec.mint(state);
}

/**
 * What the client brought back; undefined in the first round.
 * @throws ProtocolError invalid params for a state that was not signed here or is too old
 */
export async function verifiedState<T extends object>({ mcp }: McpCaller): Promise<T | undefined> {
  const state = mcp.mcpReq.requestState<string>();
  if (state === undefined) return undefined;
  try {
    return (await codec.verify(state, mcp)) as T;
  } catch {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'requestState: was not made here, or is too old', {
      reason: 'invalid_request_state',
    });
  }
}
