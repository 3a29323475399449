import { AppError, invalid } from '../../errors/index.js';
import {
  Choice,
  JsonObject,
  type Principal,
  type ResourceAccess,
  type ResourcePort,
  Str,
  validateRequest,
} from '../../operations/index.js';
import type { EventSubscriptions } from './event-subscriptions.js';

const URI = { min: 1, max: 500, example: 'db://leads' };

export class ReadResourceRequest {
  @Str(URI) uri!: string;
  @Choice(['read'], { optional: true }) scope?: string;
  @JsonObject({ optional: true }) query?: Record<string, unknown>;
}

export class SearchResourceRequest {
  @Str(URI) uri!: string;
  @JsonObject({ optional: true }) query?: Record<string, unknown>;
  @Choice(['read', 'search'], { optional: true }) scope?: string;
}

export class WriteResourceRequest {
  @Str(URI) uri!: string;
  @JsonObject() data!: Record<string, unknown>;
  @Choice(['write'], { optional: true }) scope?: string;
}

export interface ResourceMethod {
  readonly request: new () => object;
  call(input: object, resources: ResourcePort, access: ResourceAccess): Promise<unknown>;
}

/** `resource.*`: the data by its address, under the scopes of the resource behind it. */
export const RESOURCE_METHODS: Readonly<Record<string, ResourceMethod>> = {
  'resource.read': {
    request: ReadResourceRequest,
    call: async (input, resources, access) => {
      const { uri, query = {} } = validateRequest(ReadResourceRequest, input);
      return resources.read(checkedUri(uri), query, access);
    },
  },
  'resource.search': {
    request: SearchResourceRequest,
    call: async (input, resources, access) => {
      const { uri, query = {} } = validateRequest(SearchResourceRequest, input);
      // views gather facts for the agents of this process, whose queries are made by code
      if (query.view !== undefined) throw invalid('query.view', 'is not offered here');
      return resources.search(checkedUri(uri), query, access);
    },
  },
  'resource.write': {
    request: WriteResourceRequest,
    call: async (input, resources, access) => {
      const { uri, data } = validateRequest(WriteResourceRequest, input);
      return resources.write(checkedUri(uri), data, access);
    },
  },
};

function checkedUri(uri: string): string {
  if (!/^[a-z]+:\/\/[^#]+$/.test(uri)) throw invalid('uri', 'must be an address such as db://leads or db://leads/{id}');
  return uri;
}

export class SubscribeRequest {
  @Str({ optional: true, max: 500, description: 'Types, separated by commas; `handoff.*` is all of a kind' })
  types?: string;
  @Str({ optional: true, min: 1, max: 200, description: 'Only events about this id, or that name it' })
  subject?: string;
  @Str({
    optional: true,
    max: 40,
    description: 'The event after which to begin; `oldest` for all that is kept, now when left out',
  })
  after?: string;
}

export class UnsubscribeRequest {
  @Str({ min: 1, max: 64 }) subscription_id!: string;
}

export interface EventMethod {
  readonly request: new () => object;
  call(input: Record<string, unknown>, subscriptions: EventSubscriptions, principal: Principal): Promise<object>;
}

/** `events.*`: live events as notifications on the WebSocket that asks for them. */
export const EVENT_METHODS: Readonly<Record<string, EventMethod>> = {
  'events.subscribe': {
    request: SubscribeRequest,
    call: (input, subscriptions, principal) =>
      subscriptions.subscribe(validateRequest(SubscribeRequest, withTypesAsText(input)), principal),
  },
  'events.unsubscribe': {
    request: UnsubscribeRequest,
    call: async (input, subscriptions) => {
      subscriptions.unsubscribe(validateRequest(UnsubscribeRequest, input).subscription_id);
      return {};
    },
  },
};

export function needsSocket(method: string): AppError {
  const remedy = 'over HTTP, GET /api/v1/events streams the same events and /api/v1/events/history lists them';
  return new AppError('invalid', 'needs_websocket', `${method} needs a WebSocket at /rpc: ${remedy}`);
}

/** In JSON a list of types is as good as a text of them. */
function withTypesAsText(input: Record<string, unknown>): Record<string, unknown> {
  const { types } = input;
  return Array.isArray(types) && types.every((type) => typeof type === 'string')
    ? { ...input, types: types.join(',') }
    : input;
}
