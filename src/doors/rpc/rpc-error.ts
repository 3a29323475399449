import { AppError, type ErrorKind } from '../../operations/index.js';
import { type ErrorFields, fieldsOfError, rpcCodeOf } from '../wire/index.js';
import type { EnvelopeFault } from './envelope.js';

/** The error member of a JSON-RPC answer. */
export interface RpcErrorObject {
  code: number;
  message: string;
  data: ErrorFields;
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
  return {
    code: error instanceof EnvelopeError ? error.rpcCode : rpcCodeOf(error),
    message: error.message,
    data: fieldsOfError(error, requestId),
  };
}
