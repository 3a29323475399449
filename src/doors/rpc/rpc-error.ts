import { AppError, type FieldError } from '../../operations/index.js';
import { codeOf } from '../json-rpc/index.js';
import type { EnvelopeFault } from './envelope.js';

/** The error member of a JSON-RPC answer. */
export interface RpcErrorObject {
  code: number;
  message: string;
  data: RpcProblem;
}

/** What the REST door tells in a problem document. */
export interface RpcProblem {
  /** Stable, for scripts. */
  code: string;
  request_id: string;
  errors?: FieldError[];
  /** Seconds. */
  retry_after?: number;
}

export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;

/** An AppError of the envelope rather than of an operation: it has the code that the specification gives it. */
export class RpcMethodError extends AppError {
  constructor(method: string) {
    super('not_found', 'method_not_found', `there is no method "${method.slice(0, 100)}"`);
  }
}

export function toRpcError(error: AppError, requestId: string): RpcErrorObject {
  const code = error instanceof RpcMethodError ? METHOD_NOT_FOUND : codeOf(error);
  const retry = error.retryAfterSeconds;
  return {
    code,
    message: error.message,
    data: {
      code: error.code,
      request_id: requestId,
      ...(error.errors.length > 0 && { errors: error.errors }),
      ...(retry !== undefined && { retry_after: Math.max(1, Math.ceil(retry)) }),
    },
  };
}

export function toEnvelopeError({ kind, reason }: EnvelopeFault, requestId: string): RpcErrorObject {
  const isUnreadable = kind === 'parse_error';
  return {
    code: isUnreadable ? PARSE_ERROR : INVALID_REQUEST,
    message: `${isUnreadable ? 'Parse error' : 'Invalid Request'}: ${reason}`,
    data: { code: kind, request_id: requestId },
  };
}
