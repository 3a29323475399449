import { type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { ResourceUpdates } from './resource-updates.js';

/** Addresses that one connection may subscribe to. */
export const MOST_SUBSCRIPTIONS = 500;

export interface Watch {
  add(uri: string): void;
  remove(uri: string): void;
}

interface WatchChoice {
  readonly isModern: boolean;
  readonly transport: 'HTTP' | 'stdio';
}

/**
 * The subscriptions of one connection. Over HTTP a 2026 client listens with a request of its own, which the SDK answers from the bus; over
 * stdio the SDK picks from everything that the connection's server tells.
 */
export function watchFor({ server }: McpServer, updates: ResourceUpdates, { isModern, transport }: WatchChoice): Watch {
  const uris = new Set<string>();
  const isToldAll = isModern && transport === 'stdio';
  let stop: (() => void) | undefined;
  const begin = () => {
    stop ??= updates.subscribe((event) => {
      if (event.kind !== 'resource_updated' || !(isToldAll || uris.has(event.uri))) return;
      // a client that has gone away is noticed by its stream
      server.sendResourceUpdated({ uri: event.uri }).catch(() => undefined);
    });
  };
  const end = () => {
    stop?.();
    stop = undefined;
  };
  const before = server.onclose;
  server.onclose = () => {
    end();
    before?.();
  };
  if (isToldAll) begin();
  return {
    add(uri) {
      if (uris.size >= MOST_SUBSCRIPTIONS) {
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `a connection subscribes to at most ${MOST_SUBSCRIPTIONS} resources`);
      }
      uris.add(uri);
      begin();
    },
    remove(uri) {
      uris.delete(uri);
      if (uris.size === 0 && !isToldAll) end();
    },
  };
}
