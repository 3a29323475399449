import { A2AError, RequestMalformedError } from '@a2a-js/sdk/errors';
import type { A2ARequestHandler } from '@a2a-js/sdk/server';
import { AppError } from '../../../operations/index.js';

/** What the client is told of a fault of ours. */
export const OUR_FAULT = 'something went wrong here; the log has it under the request id';

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
