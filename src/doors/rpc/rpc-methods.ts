import { Injectable } from '@nestjs/common';
import { AppError, invalid } from '../../errors/index.js';
import {
  type CallOptions,
  fieldsOf,
  OperationBus,
  OperationRegistry,
  type Principal,
  type RegisteredOperation,
  resourceOf,
  ResourcePort,
  Str,
  validateRequest,
} from '../../operations/index.js';
import {
  EVENT_METHODS,
  type EventMethod,
  needsSocket,
  RESOURCE_METHODS,
  type ResourceMethod,
} from './connection-methods.js';
import { noSuchMethod, type RpcParams } from './envelope.js';
import type { EventSubscriptions } from './event-subscriptions.js';

export interface MethodCaller {
  readonly principal: Principal;
  readonly requestId: string;
  /** Those of the connection; undefined where the call came alone, over HTTP. */
  readonly subscriptions?: EventSubscriptions | undefined;
}

export interface RpcMethod {
  /** The resource that the journal of calls names. */
  readonly target: string;
  call(params: RpcParams | undefined, caller: MethodCaller): Promise<unknown>;
}

/** Changes who a connection speaks for, so it is no call among others; `RpcConnection` takes it. */
export const AUTHENTICATE = 'session.authenticate';

/**
 * The methods of the JSON-RPC door: every operation of the registry under all its names, the resources and the
 * events.
 */
@Injectable()
export class RpcMethods {
  private table: ReadonlyMap<string, RpcMethod> | undefined;

  constructor(
    private readonly registry: OperationRegistry,
    private readonly operations: OperationBus,
    private readonly resources: ResourcePort,
  ) {}

  /** @throws AppError for a name that is none */
  get(name: string): RpcMethod {
    const method = this.find(name);
    if (!method) throw noSuchMethod(name);
    return method;
  }

  find(name: string): RpcMethod | undefined {
    return this.all().get(name);
  }

  /** On first use: the registry is complete once the application has started. */
  private all(): ReadonlyMap<string, RpcMethod> {
    return (this.table ??= this.collect());
  }

  private collect(): ReadonlyMap<string, RpcMethod> {
    const operations = this.registry.all().flatMap((operation): [string, RpcMethod][] => {
      const method = this.ofOperation(operation);
      const { name, aliases } = operation;
      return [[name, method], ...(aliases?.rpc === undefined ? [] : [[aliases.rpc, method] as [string, RpcMethod]])];
    });
    const resources = Object.entries(RESOURCE_METHODS).map(([name, method]): [string, RpcMethod] => [
      name,
      this.ofResource(method),
    ]);
    const events = Object.entries(EVENT_METHODS).map(([name, method]): [string, RpcMethod] => [
      name,
      this.ofEvents(name, method),
    ]);
    return new Map([...operations, ...resources, ...events, [AUTHENTICATE, MISPLACED_SIGN_IN]]);
  }

  private ofOperation(operation: RegisteredOperation): RpcMethod {
    const { name, request } = operation;
    return {
      target: resourceOf(operation),
      call: async (params, { principal, requestId }) => {
        const { input, meta } = readParams(request, params);
        const options: CallOptions = { principal, requestId, door: 'rpc', ...meta };
        return this.operations.call(name, input, options);
      },
    };
  }

  private ofEvents(name: string, { request, call }: EventMethod): RpcMethod {
    return {
      target: 'herald://events',
      call: async (params, { principal, subscriptions }) => {
        const { input, meta } = readParams(request, params);
        refuseMeta(meta);
        if (!subscriptions) throw needsSocket(name);
        return call(input, subscriptions, principal);
      },
    };
  }

  private ofResource({ request, call }: ResourceMethod): RpcMethod {
    return {
      target: 'resource',
      call: async (params, { principal, requestId }) => {
        const { input, meta } = readParams(request, params);
        refuseMeta(meta);
        return call(input, this.resources, { principal, requestId, door: 'rpc' });
      },
    };
  }
}

const MISPLACED_SIGN_IN: RpcMethod = {
  target: 'herald://session',
  call: () => {
    const remedy =
      'send it alone in a WebSocket message; over HTTP each request has its own Authorization or X-API-Key header';
    return Promise.reject(
      new AppError('invalid', 'sign_in_misplaced', `${AUTHENTICATE} signs in a connection: ${remedy}`),
    );
  },
};

/** These methods have no place for them; ignoring a key would break what it promises. */
function refuseMeta(meta: CallParams['meta']): void {
  if (Object.keys(meta).length > 0)
    throw invalid('_meta', 'is not taken by resource and event methods; call the operation by its own name');
}

/** What goes beside the parameters in the reserved member `_meta`. */
class CallMeta {
  @Str({ optional: true, min: 1, max: 200 }) idempotency_key?: string;
  @Str({ optional: true, min: 1, max: 200 }) if_match?: string;
}

export interface CallParams {
  readonly input: Record<string, unknown>;
  readonly meta: Pick<CallOptions, 'idempotencyKey' | 'ifMatch'>;
}

/**
 * Parameters by name, whichever way they came.
 * @throws AppError invalid for too many of them, and for a `_meta` that is none
 */
export function readParams(request: new () => object, params: RpcParams | undefined): CallParams {
  if (Array.isArray(params)) return { input: byName(request, params), meta: {} };
  const { _meta, ...input } = params ?? {};
  return { input, meta: _meta === undefined ? {} : readMeta(_meta) };
}

/**
 * The order of parameters by position: those that must be there, then the others, each as the request class lists
 * them.
 */
export function positions(request: new () => object): string[] {
  const fields = [...fieldsOf(request)];
  return [true, false].flatMap((isRequired) =>
    fields.filter(([, field]) => field.isRequired === isRequired).map(([name]) => name),
  );
}

function byName(request: new () => object, values: unknown[]): Record<string, unknown> {
  const names = positions(request);
  if (values.length > names.length)
    throw invalid('', `at most ${names.length} parameters by position: ${names.join(', ')}`);
  return Object.fromEntries(values.map((value, index) => [names[index], value]));
}

function readMeta(value: unknown): CallParams['meta'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('_meta', 'must be an object');
  const { idempotency_key: idempotencyKey, if_match: ifMatch } = validateRequest(CallMeta, value);
  return { ...(idempotencyKey !== undefined && { idempotencyKey }), ...(ifMatch !== undefined && { ifMatch }) };
}
