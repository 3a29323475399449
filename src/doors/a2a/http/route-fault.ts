import { AppError } from '../../../operations/index.js';
import type { RpcFault } from './a2a-dispatcher.js';
import { OUR_FAULT } from './protocol-errors.js';

/** What stopped a request before its call was read, for both bindings. */
export interface RouteFault {
  readonly status: number;
  readonly message: string;
  /** Of google.rpc.Code, as the REST binding names it. */
  readonly name: string;
  /** Of JSON-RPC. The protocol has no code of its own for signing in, limits and sizes. */
  readonly code: number;
}

const UNSUPPORTED_MEDIA = 415;
const INTERNAL = 500;
const KNOWN: Readonly<Record<number, { name: string; code: number }>> = {
  400: { name: 'INVALID_ARGUMENT', code: -32600 },
  401: { name: 'UNAUTHENTICATED', code: -32000 },
  404: { name: 'NOT_FOUND', code: -32600 },
  413: { name: 'INVALID_ARGUMENT', code: -32600 },
  415: { name: 'INVALID_ARGUMENT', code: -32005 },
  429: { name: 'RESOURCE_EXHAUSTED', code: -32000 },
  500: { name: 'INTERNAL', code: -32603 },
  503: { name: 'UNAVAILABLE', code: -32000 },
};
const STATUS_OF_KIND: Readonly<Record<string, number>> = {
  unauthenticated: 401,
  limit: 429,
  not_found: 404,
  unavailable: 503,
  invalid: 400,
};

export function understand(error: unknown): RouteFault {
  const status = statusOf(error);
  const message =
    status === UNSUPPORTED_MEDIA
      ? 'send the body as application/json or application/a2a+json'
      : (error as Error).message;
  return { status, message: status === INTERNAL ? OUR_FAULT : message, ...(KNOWN[status] ?? KNOWN[400]!) };
}

export function toRpcFault({ code, message }: RouteFault): RpcFault {
  return { code, message };
}

export function toRestBody({ status, name, message }: RouteFault): object {
  return { error: { code: status, status: name, message, details: [] } };
}

/** Errors of this project, of Nest (getStatus) and of Fastify (statusCode). */
function statusOf(error: unknown): number {
  if (error instanceof AppError) return STATUS_OF_KIND[error.kind] ?? INTERNAL;
  const { statusCode, getStatus } = error as { statusCode?: unknown; getStatus?: () => number };
  const status = typeof getStatus === 'function' ? getStatus.call(error) : statusCode;
  return typeof status === 'number' && status >= 400 && status < INTERNAL ? status : INTERNAL;
}
