import { type McpServer, ProtocolError, ProtocolErrorCode, type ServerEvent } from '@modelcontextprotocol/server';
import { type Changes, MOST_SUBSCRIPTIONS } from './changes.js';
import type { Reader } from './reader.js';

export interface Subscriptions {
  add(uri: string): Promise<void>;
  remove(uri: string): void;
}

interface WatchChoice {
  readonly reader: Reader;
  readonly isModern: boolean;
  readonly transport: 'HTTP' | 'stdio';
  readonly listensTo?: ReadonlySet<string>;
}

/**
 * What one connection is told. Over HTTP a 2026 client listens with a request of its own, which the SDK answers from
 * the bus; everywhere else the connection's server tells it, and over stdio the SDK hands a 2026 client what it
 * listens to.
 */
export function watchFor(
  { server }: McpServer,
  changes: Changes,
  { reader, isModern, transport, listensTo }: WatchChoice,
): Subscriptions {
  const uris = new Set<string>();
  const tell = (event: ServerEvent) => {
    // a client that has gone away is noticed by its stream
    void noticeOf(server, event).catch(() => undefined);
  };
  let stop: (() => void) | undefined;
  const begin = () => void (stop ??= changes.watch({ reader, uris: isModern ? (listensTo ?? uris) : uris, tell }));
  if (!isModern) server.oninitialized = begin;
  else if (transport === 'stdio') begin();
  const before = server.onclose;
  server.onclose = () => {
    stop?.();
    before?.();
  };
  return {
    async add(uri) {
      if (uris.size >= MOST_SUBSCRIPTIONS) {
        throw new ProtocolError(
          ProtocolErrorCode.InvalidParams,
          `a connection subscribes to at most ${MOST_SUBSCRIPTIONS} resources`,
        );
      }
      await changes.expect([uri]);
      uris.add(uri);
    },
    remove: (uri) => void uris.delete(uri),
  };
}

function noticeOf(server: McpServer['server'], event: ServerEvent): Promise<void> {
  switch (event.kind) {
    case 'tools_list_changed':
      return server.sendToolListChanged();
    case 'prompts_list_changed':
      return server.sendPromptListChanged();
    case 'resources_list_changed':
      return server.sendResourceListChanged();
    case 'resource_updated':
      return server.sendResourceUpdated({ uri: event.uri });
  }
}
