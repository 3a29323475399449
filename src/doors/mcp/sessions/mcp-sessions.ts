import { randomUUID } from 'node:crypto';
import {
  type AuthInfo,
  isInitializeRequest,
  type McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { WallClock } from '../../../config/index.js';
import type { Principal } from '../../../operations/index.js';
import { Metrics } from '../../../telemetry/index.js';
import { Changes } from '../changes/changes.js';
import { Reader } from '../changes/reader.js';
import { rejection } from '../http/send-response.js';
import { McpServerFactory, type RequestIdentity } from '../mcp-server-factory.js';
import { EventLog } from './event-log.js';

export const SESSION_LIMITS = { total: 2_000, perPrincipal: 100, idleMs: 30 * 60_000 } as const;
const SWEEP_MS = 60_000;
/** Told to clients whose stream ends before its answer: come back after this. */
const RETRY_MS = 200;
const SESSION_NOT_FOUND = -32001;
const TOO_MANY = -32029;

interface Session {
  readonly server: McpServer;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly reader: Reader;
  usedAt: number;
}

/**
 * Sessions of the protocol's revisions up to 2025-11-25. Each belongs to the principal that opened it: to anybody
 * else it is not there. They live in this process; a client that finds its session gone opens a new one, as the
 * protocol has it.
 */
@Injectable()
export class McpSessions implements OnModuleInit, OnModuleDestroy {
  private readonly sessions = new Map<string, Session>();
  private sweeping: NodeJS.Timeout | undefined;

  constructor(
    private readonly factory: McpServerFactory,
    private readonly changes: Changes,
    private readonly clock: WallClock,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge('herald_mcp_sessions', 'Open MCP sessions', [], (gauge) => gauge.set(this.sessions.size));
    this.sweeping = setInterval(() => void this.closeIdle(), SWEEP_MS);
    this.sweeping.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.sweeping);
  }

  get size(): number {
    return this.sessions.size;
  }

  async handle(request: Request, parsedBody: unknown, authInfo: AuthInfo): Promise<Response> {
    const { principal } = authInfo.extra as unknown as RequestIdentity;
    const id = request.headers.get('mcp-session-id');
    if (id !== null) {
      const session = this.sessions.get(id);
      if (session?.reader.principal.id !== principal.id)
        return rejection(404, SESSION_NOT_FOUND, 'Session not found: it has ended, or it never was yours');
      this.touch(id, principal);
      return session.transport.handleRequest(request, { parsedBody, authInfo });
    }
    if (request.method !== 'POST' || !opensSession(parsedBody))
      return rejection(400, -32600, 'Mcp-Session-Id: is needed, except to initialize');
    const own = [...this.sessions.values()].filter(({ reader }) => reader.principal.id === principal.id).length;
    if (own >= SESSION_LIMITS.perPrincipal || this.sessions.size >= SESSION_LIMITS.total) {
      return rejection(429, TOO_MANY, 'too many open sessions; end some with DELETE', { 'Retry-After': '60' });
    }
    return (await this.open(principal)).handleRequest(request, { parsedBody, authInfo });
  }

  /** Every minute; tests call it themselves. */
  async closeIdle(): Promise<void> {
    const before = this.clock.now().getTime() - SESSION_LIMITS.idleMs;
    await this.close([...this.sessions].filter(([, { usedAt }]) => usedAt < before));
  }

  /** At shut-down: open streams end at once. */
  async closeAll(): Promise<void> {
    await this.close([...this.sessions]);
  }

  /**
   * A session whose stream is open is in use, however quiet it is.
   * @param principal its owner, as the credentials say now
   */
  touch(id: string, principal: Principal): void {
    const session = this.sessions.get(id);
    if (session?.reader.principal.id !== principal.id) return;
    session.usedAt = this.clock.now().getTime();
    session.reader.become(principal);
  }

  private async close(sessions: [string, Session][]): Promise<void> {
    for (const [id] of sessions) this.sessions.delete(id);
    await Promise.all(sessions.map(([, { server }]) => server.close()));
  }

  private async open(principal: Principal): Promise<WebStandardStreamableHTTPServerTransport> {
    // what is made once the client has its answer must count as a change
    await this.changes.expect();
    const reader = new Reader(principal);
    const server = this.factory.create({ reader, era: 'legacy', transport: 'HTTP' });
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new EventLog(),
      retryInterval: RETRY_MS,
      onsessioninitialized: (id) =>
        void this.sessions.set(id, { server, transport, reader, usedAt: this.clock.now().getTime() }),
      onsessionclosed: (id) => void this.sessions.delete(id),
    });
    await server.connect(transport);
    return transport;
  }
}

function opensSession(body: unknown): boolean {
  return Array.isArray(body) ? body.some((each) => isInitializeRequest(each)) : isInitializeRequest(body);
}
