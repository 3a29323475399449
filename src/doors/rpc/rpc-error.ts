import { AppError, type ErrorKind, type FieldError } from '../../operations/index.js';
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
const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;

/** The one place where kinds of errors become JSON-RPC's codes, and the status codes that the journal of calls keeps. */
const BY_KIND: Readonly<Record<ErrorKind, { code: number; status: number }>> = {
  invalid: { code: INVALID_PARAMS, status: 400 },
  unauthenticated: { code: -32001, status: 401 },
  forbidden: { code: -32003, status: 403 },
  not_found: { code: -32004, status: 404 },
  conflict: { code: -32009, status: 409 },
  precondition: { code: -32012, status: 412 },
  too_large: { code: -32013, status: 413 },
  limit: { code: -32029, status: 429 },
  unavailable: { code: -32053, status: 503 },
  internal: { code: INTERNAL_ERROR, status: 500 },
};

/** An AppError of the envelope rather than of an operation: it has the code that the specification gives it. */
export class RpcMethodError extends AppError {
  constructor(method: string) {
    super('not_found', 'method_not_found', `there is no method "${method.slice(0, 100)}"`);
  }
}

export function toRpcError(error: AppError, requestId: string): RpcErrorObject {
  const code = error instanceof RpcMethodError ? METHOD_NOT_FOUND : BY_KIND[error.kind].code;
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

export function statusOf(error: AppError): number {
  return BY_KIND[error.kind].status;
}

/** What the caller is told: an AppError as it is, anything else as ours. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('internal', 'internal', 'something went wrong here; the log has it under the request id', { cause: error });
}
