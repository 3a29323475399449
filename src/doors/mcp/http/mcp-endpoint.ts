import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { type AuthInfo, type McpHttpHandler, createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import { Settings } from '../../../config/index.js';
import { hasScope } from '../../../operations/index.js';
import { Log } from '../../../telemetry/index.js';
import { CallJournal } from '../../json-rpc/index.js';
import { HANDLED_METHODS } from '../mcp-handlers.js';
import { McpServerFactory, type RequestIdentity } from '../mcp-server-factory.js';
import { Offerings } from '../offerings.js';
import { ResourceUpdates } from '../resources/resource-updates.js';
import { MOST_SUBSCRIPTIONS } from '../resources/watch-for.js';
import { McpSessions } from '../sessions/mcp-sessions.js';
import { rejection } from './rejection.js';

const KEEP_ALIVE_MS = 15_000;
const LISTEN = 'subscriptions/listen';

interface Message { readonly method?: unknown; readonly params?: Record<string, unknown> }

/** One address, two protocols: requests that carry the 2026 envelope are answered each for itself, the others belong to a session. */
@Injectable()
export class McpEndpoint implements BeforeApplicationShutdown {
  private readonly modern: McpHttpHandler;
  private isStopping = false;

  constructor(
    factory: McpServerFactory,
    private readonly sessions: McpSessions,
    private readonly offerings: Offerings,
    private readonly journal: CallJournal,
    updates: ResourceUpdates,
    settings: Settings,
    log: Log,
  ) {
    this.modern = createMcpHandler(
      ({ authInfo }) => factory.create({ principal: identityOf(authInfo!).principal, era: 'modern', transport: 'HTTP' }),
      {
        legacy: 'reject', bus: updates, keepAliveMs: KEEP_ALIVE_MS, maxRequestBodySize: settings.bodyLimitBytes,
        onerror: (error) => log.debug({ error: error.message }, 'an MCP request was refused'),
      },
    );
  }

  /** Open streams would keep the process from ending. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await Promise.all([this.modern.close(), this.sessions.closeAll()]);
  }

  /** @param body the parsed JSON of a POST; undefined for GET and DELETE */
  async handle(request: Request, body: unknown, authInfo: AuthInfo): Promise<Response> {
    if (this.isStopping) return rejection(503, -32053, 'the server is stopping', { 'Retry-After': '5' });
    const started = performance.now();
    const isLegacy = await isLegacyRequest(request, body);
    const response = isLegacy
      ? await this.sessions.handle(request, body, authInfo)
      : await this.modern.fetch(request, { parsedBody: this.narrowed(body, authInfo), authInfo });
    this.record(body, response.status, performance.now() - started, authInfo);
    return response;
  }

  /** What a caller listens to is cut down to what its scopes let it read; the acknowledgement says what is left. */
  private narrowed(body: unknown, authInfo: AuthInfo): unknown {
    const { method, params } = (body ?? {}) as Message;
    const wanted = (params?.notifications as Record<string, unknown> | undefined)?.resourceSubscriptions;
    if (method !== LISTEN || !Array.isArray(wanted)) return body;
    const { principal } = identityOf(authInfo);
    const open = wanted.filter((uri) => {
      const scope = typeof uri === 'string' ? this.offerings.scopeAt(uri) : undefined;
      return scope === null || (scope !== undefined && hasScope(principal, scope));
    });
    const notifications = { ...(params!.notifications as object), resourceSubscriptions: open.slice(0, MOST_SUBSCRIPTIONS) };
    return { ...(body as object), params: { ...params, notifications } };
  }

  /** Calls that reach a handler of ours are recorded there, with their outcome. */
  private record(body: unknown, status: number, duration: number, authInfo: AuthInfo): void {
    for (const message of Array.isArray(body) ? body : [body]) {
      const { method, params } = (message ?? {}) as Message;
      if (typeof method !== 'string' || (HANDLED_METHODS.has(method) && status < 400)) continue;
      this.journal.record({ transport: 'HTTP', method, params, status, duration, principal: identityOf(authInfo).principal });
    }
  }
}

function identityOf({ extra }: AuthInfo): RequestIdentity {
  return extra as unknown as RequestIdentity;
}
