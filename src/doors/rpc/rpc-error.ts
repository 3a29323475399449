import { AppError, type ErrorKind, type FieldError } from '../../operations/index.js';
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

/** An error of the envelope rather than of an operation: it has the code that the specification gives it. */
class EnvelopeError extends AppError {
  constructor(
    readonly rpcCode: number,
    kind: ErrorKind,
    code: string,
    message: string,
  ) {
    super(kind, code, message);
  }
}

export function noSuchMethod(method: string): AppError {
  return new EnvelopeError(
    -32601,
    'not_found',
    'method_not_found',
    `Method not found: there is no "${method.slice(0, 100)}"`,
  );
}

export function envelopeError({ kind, reason }: EnvelopeFault): AppError {
  switch (kind) {
    case 'parse_error':
      return new EnvelopeError(-32700, 'invalid', kind, `Parse error: ${reason}`);
    case 'invalid_request':
      return new EnvelopeError(-32600, 'invalid', kind, `Invalid Request: ${reason}`);
    case 'answer_too_large':
      return new AppError('too_large', kind, reason);
  }
}

export function toRpcError(error: AppError, requestId: string): RpcErrorObject {
  const retry = error.retryAfterSeconds;
  return {
    code: error instanceof EnvelopeError ? error.rpcCode : codeOf(error),
    message: error.message,
    data: {
      code: error.code,
      request_id: requestId,
      ...(error.errors.length > 0 && { errors: error.errors }),
      ...(retry !== undefined && { retry_after: Math.max(1, Math.ceil(retry)) }),
    },
  };
}
