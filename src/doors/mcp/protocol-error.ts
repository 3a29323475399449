import { ProtocolError, ProtocolErrorCode, ResourceNotFoundError } from '@modelcontextprotocol/server';
import type { AppError } from '../../errors/index.js';
import { fieldsOfError, rpcCodeOf } from '../wire/index.js';

/** An error as the protocol says it: what is not there is an invalid parameter to MCP. */
export function toProtocolError(error: AppError, requestId: string): ProtocolError {
  const code = error.kind === 'not_found' ? ProtocolErrorCode.InvalidParams : rpcCodeOf(error);
  return new ProtocolError(code, error.message, fieldsOfError(error, requestId));
}

/** The status that the journal of calls keeps for an error that is the protocol's own. */
export function statusOfProtocolError({ code }: ProtocolError): number {
  return code === ProtocolErrorCode.InternalError ? 500 : 400;
}

export function noResource(uri: string, message = `there is no resource ${uri.slice(0, 200)}`): ProtocolError {
  return new ResourceNotFoundError(uri, message);
}
