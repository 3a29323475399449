import { type AuthInfo, createMcpHandler, isLegacyRequest, type McpHttpHandler } from '@modelcontextprotocol/server';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Settings } from '../../../config/index.js';
import { hasScope } from '../../../operations/index.js';
import { Log } from '../../../telemetry/index.js';
import { CallJournal } from '../../wire/index.js';
import { Changes, MOST_SUBSCRIPTIONS } from '../changes/changes.js';
import { HANDLED_METHODS } from '../mcp-handlers.js';
import { McpServerFactory, type RequestIdentity } from '../mcp-server-factory.js';
import { Offerings } from '../offerings.js';
import { McpSessions } from '../sessions/mcp-sessions.js';
import { rejection } from './send-response.js';

const KEEP_ALIVE_MS = 15_000;
const MOST_LISTENERS = 2_000;
/** The one request of the 2026 revision whose answer stays open. */
export const LISTEN = 'subscriptions/listen';

interface Message {
  readonly method?: unknown;
  readonly params?: Record<string, unknown>;
}

/**
 * One address, two protocols: requests that carry the 2026 envelope are answered each for itself, the others belong
 * to a session.
 */
@Injectable()
export class McpEndpoint implements BeforeApplicationShutdown {
  private readonly modern: McpHttpHandler;
  private isStopping = false;

  constructor(
    factory: McpServerFactory,
    private readonly sessions: McpSessions,
    private readonly offerings: Offerings,
    private readonly journal: CallJournal,
    private readonly changes: Changes,
    settings: Settings,
    log: Log,
  ) {
    this.modern = createMcpHandler(
      ({ authInfo }) => factory.create({ reader: identityOf(authInfo!).reader, era: 'modern', transport: 'HTTP' }),
      {
        legacy: 'reject',
        bus: changes,
        maxSubscriptions: MOST_LISTENERS,
        keepAliveMs: KEEP_ALIVE_MS,
        maxRequestBodySize: settings.bodyLimitBytes,
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
      : await this.serveModern(request, body, authInfo);
    this.record(body, response.status, performance.now() - started, authInfo);
    return response;
  }

  private serveModern(request: Request, body: unknown, authInfo: AuthInfo): Promise<Response> {
    const { method, params } = (body ?? {}) as Message;
    if (method !== LISTEN) return this.modern.fetch(request, { parsedBody: body, authInfo });
    const notifications = (params?.notifications ?? {}) as Record<string, unknown>;
    const uris = this.openAddresses(notifications.resourceSubscriptions, authInfo);
    // the acknowledgement says what is left
    const narrowed = { ...notifications, ...(uris && { resourceSubscriptions: uris }) };
    const parsedBody =
      uris === undefined ? body : { ...(body as object), params: { ...params, notifications: narrowed } };
    return this.changes.listen(identityOf(authInfo).reader, new Set(uris), () =>
      this.modern.fetch(request, { parsedBody, authInfo }),
    );
  }

  /** What a caller listens to, cut down to what its scopes let it read; undefined for what is no list. */
  private openAddresses(wanted: unknown, authInfo: AuthInfo): string[] | undefined {
    if (!Array.isArray(wanted)) return undefined;
    const { principal } = identityOf(authInfo);
    const open = (wanted as unknown[]).filter((uri): uri is string => {
      const scope = typeof uri === 'string' ? this.offerings.scopeAt(uri) : undefined;
      return scope === null || (scope !== undefined && hasScope(principal, scope));
    });
    return open.slice(0, MOST_SUBSCRIPTIONS);
  }

  /** Calls that reach a handler of ours are recorded there, with their outcome. */
  private record(body: unknown, status: number, duration: number, authInfo: AuthInfo): void {
    for (const message of Array.isArray(body) ? body : [body]) {
      const { method, params } = (message ?? {}) as Message;
      if (typeof method !== 'string') continue;
      const isRefused = status < 400 && isRefusedByTheSdk(method, params);
      if (HANDLED_METHODS.has(method) && status < 400 && !isRefused) continue;
      this.journal.record({
        transport: 'HTTP',
        method,
        params,
        status: isRefused ? 400 : status,
        duration,
        principal: identityOf(authInfo).principal,
      });
    }
  }
}

function identityOf({ extra }: AuthInfo): RequestIdentity {
  return extra as unknown as RequestIdentity;
}

/** The SDK checks the parameters of a tool call before our handler has it. */
function isRefusedByTheSdk(method: string, params: Message['params']): boolean {
  const { name, arguments: args = {} } = params ?? {};
  return (
    method === 'tools/call' &&
    (typeof name !== 'string' || typeof args !== 'object' || args === null || Array.isArray(args))
  );
}
