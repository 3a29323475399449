import { ProtocolError, ProtocolErrorCode, ResourceNotFoundError } from '@modelcontextprotocol/server';
import type { AppError } from '../../operations/index.js';
import { codeOf } from '../json-rpc/index.js';

/** An error as the protocol says it: what is not there is an invalid parameter to MCP. */
export function toProtocolError(error: AppError, requestId: string): ProtocolError {
  const code = error.kind === 'not_found' ? ProtocolErrorCode.InvalidParams : codeOf(error);
  const retry = error.retryAfterSeconds;
  return new ProtocolError(code, error.message, {
    code: error.code,
    request_id: requestId,
    ...(error.errors.length > 0 && { errors: error.errors }),
    ...(retry !== undefined && { retry_after: Math.max(1, Math.ceil(retry)) }),
  });
}

/** The status that the journal of calls keeps for an error that is the protocol's own. */
export function statusOfProtocolError({ code }: ProtocolError): number {
  return code === ProtocolErrorCode.InternalError ? 500 : 400;
}

export function noResource(uri: string, message = `there is no resource ${uri.slice(0, 200)}`): ProtocolError {
  return new ResourceNotFoundError(uri, message);
}
