import { Injectable } from '@nestjs/common';
import {
  AppError,
  type CallOptions,
  OperationBus,
  OperationRegistry,
  type Principal,
  type RegisteredOperation,
  ResourcePort,
  invalid,
  resourceOf,
} from '../../operations/index.js';
import { type CallParams, readParams } from './call-params.js';
import type { RpcParams } from './envelope.js';
import { EVENT_METHODS, type EventMethod, needsSocket } from './event-methods.js';
import type { EventSubscriptions } from './event-subscriptions.js';
import { RESOURCE_METHODS, type ResourceMethod } from './resource-methods.js';
import { noSuchMethod } from './rpc-error.js';

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
