import { A2AError, RequestMalformedError } from '@a2a-js/sdk/errors';
import type { A2ARequestHandler } from '@a2a-js/sdk/server';
import { AppError } from '../../../errors/index.js';
import { OUR_FAULT, refusalOf, rpcNameOf } from '../../wire/index.js';

/**
 * The handler with its errors in the protocol's terms: the SDK's own pass, ours are worded or, where they are faults,
 * noted and hidden.
 */
export function withProtocolErrors(handler: A2ARequestHandler, note: (fault: unknown) => void): A2ARequestHandler {
  const translate = (error: unknown): Error => {
    if (error instanceof A2AError) return error;
    if (error instanceof AppError && error.kind !== 'internal') return new RequestMalformedError(error.message);
    note(error);
    return new Error(OUR_FAULT);
  };
  return new Proxy(handler, {
    get(target, name) {
      const method = Reflect.get(target, name) as unknown;
      if (typeof method !== 'function') return method;
      return (...args: unknown[]): unknown => {
        const answer = Reflect.apply(method, target, args) as Promise<unknown> | AsyncGenerator<unknown>;
        return Symbol.asyncIterator in answer
          ? translated(answer, translate)
          : answer.catch((error: unknown) => Promise.reject(translate(error)));
      };
    },
  });
}

async function* translated<T>(stream: AsyncGenerator<T>, translate: (error: unknown) => Error): AsyncGenerator<T> {
  try {
    yield* stream;
  } catch (error) {
    throw translate(error);
  }
}

export interface RpcFault {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** What stopped a request before its call was read, for both bindings. */
export interface RouteFault {
  readonly status: number;
  readonly message: string;
  /** Of google.rpc.Code, as the REST binding names it. */
  readonly name: string;
  /** Of JSON-RPC. */
  readonly code: number;
}

const UNSUPPORTED_MEDIA = 415;
const CONTENT_TYPE_NOT_SUPPORTED = -32005;
const INVALID_REQUEST = -32600;
const INTERNAL_ERROR = -32603;
/** The protocol has no code of its own for signing in, permissions and limits. */
const SERVER_ERROR = -32000;
const OF_THE_SERVER: ReadonlySet<string> = new Set(['unauthenticated', 'forbidden', 'limit', 'unavailable']);

/** In the protocol's words, by the one table of kinds. */
export function routeFaultOf(exception: unknown): RouteFault {
  const { status, error } = refusalOf(exception);
  if (status === UNSUPPORTED_MEDIA) {
    const message = 'send the body as application/json or application/a2a+json';
    return { status, message, name: 'INVALID_ARGUMENT', code: CONTENT_TYPE_NOT_SUPPORTED };
  }
  const message = error.kind === 'internal' ? OUR_FAULT : error.message;
  const code =
    error.kind === 'internal' ? INTERNAL_ERROR : OF_THE_SERVER.has(error.kind) ? SERVER_ERROR : INVALID_REQUEST;
  return { status, message, name: rpcNameOf(error), code };
}

export function toRpcFault({ code, message }: RouteFault): RpcFault {
  return { code, message };
}

export function toRestBody({ status, name, message }: RouteFault): object {
  return { error: { code: status, status: name, message, details: [] } };
}
