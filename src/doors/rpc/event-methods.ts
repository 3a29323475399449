import { AppError, type Principal, Str, validateRequest } from '../../operations/index.js';
import type { EventSubscriptions } from './event-subscriptions.js';

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
