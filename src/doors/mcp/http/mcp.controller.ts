import type { OutgoingHttpHeaders } from 'node:http';
import { toWebRequest } from '@modelcontextprotocol/node';
import type { AuthInfo } from '@modelcontextprotocol/server';
import { Body, Controller, Delete, Get, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { Public, RateLimiter, shownBy } from '../../../auth/index.js';
import { Settings } from '../../../config/index.js';
import { ApiDocs, type HeraldRequest, type Principal } from '../../../operations/index.js';
import { isDeeperThan, MAX_JSON_DEPTH, OpenStreams } from '../../wire/index.js';
import { Reader } from '../changes/reader.js';
import type { RequestIdentity } from '../mcp-server-factory.js';
import { resourceMetadataUrl } from '../oauth/resource-metadata.js';
import { McpSessions } from '../sessions/mcp-sessions.js';
import { LISTEN, McpEndpoint } from './mcp-endpoint.js';
import { McpHttpFilter } from './mcp-http.filter.js';
import { McpGuard } from './mcp.guard.js';
import { rejection, sendResponse } from './send-response.js';

/**
 * MCP over Streamable HTTP. Open to the general guard only so that this door's own can answer as the protocol has it;
 * nobody gets past that one without a token.
 */
@Public()
@ApiDocs(({ ApiExcludeController }) => [ApiExcludeController()])
@UseGuards(McpGuard)
@UseFilters(McpHttpFilter)
@Controller('mcp')
export class McpController {
  constructor(
    private readonly endpoint: McpEndpoint,
    private readonly sessions: McpSessions,
    private readonly streams: OpenStreams,
    private readonly settings: Settings,
    private readonly limiter: RateLimiter,
  ) {}

  @Post()
  @RouteConfig({ takesRawText: true })
  async post(
    @Body() text: string | undefined,
    @Req() request: HeraldRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (isDeeperThan(text ?? '', MAX_JSON_DEPTH)) {
      return this.send(
        rejection(400, -32600, `the message is nested deeper than ${MAX_JSON_DEPTH} levels`),
        request,
        reply,
      );
    }
    let body: unknown;
    try {
      body = JSON.parse(text ?? '');
    } catch {
      return this.send(rejection(400, -32700, 'Parse error: the message is not valid JSON'), request, reply);
    }
    await this.serve(body, request, reply);
  }

  @Get()
  get(@Req() request: HeraldRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.serve(undefined, request, reply);
  }

  @Delete()
  delete(@Req() request: HeraldRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.serve(undefined, request, reply);
  }

  private async serve(body: unknown, request: HeraldRequest, reply: FastifyReply): Promise<void> {
    const principal = request.principal!;
    this.countBatch(body, principal);
    const { tools } = request.query as { tools?: unknown };
    const identity: RequestIdentity = {
      principal,
      requestId: request.id,
      reader: new Reader(principal),
      tools: tools === 'all' ? 'all' : 'short',
    };
    if (staysOpen(request.method, body)) this.streams.refuseTooMany('mcp', principal.id);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const authInfo: AuthInfo = {
      // the protocol's handlers know who calls, not by what secret
      token: '',
      clientId: principal.id,
      scopes: [...principal.scopes],
      resourceMetadataUrl: resourceMetadataUrl(this.settings, request.headers),
      extra: { ...identity },
    };
    const webRequest = await toWebRequest(request.raw, body, { signal: gone.signal });
    await this.send(await this.endpoint.handle(webRequest, body, authInfo), request, reply, identity);
  }

  /** Older revisions have batches: the general guard has counted the request as one call, and here are the others. */
  private countBatch(body: unknown, principal: Principal): void {
    for (let more = Array.isArray(body) ? body.length - 1 : 0; more > 0; more--) this.limiter.count(principal, 'calls');
  }

  private async send(
    response: Response,
    request: HeraldRequest,
    reply: FastifyReply,
    identity?: RequestIdentity,
  ): Promise<void> {
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    const headers = reply.getHeaders() as OutgoingHttpHeaders;
    reply.hijack();
    const close = isStream && identity ? this.watch(request, reply, identity) : undefined;
    await sendResponse(response, reply.raw, { ...headers, ...(!isStream && { 'cache-control': 'no-store' }) });
    close?.();
  }

  private watch(request: HeraldRequest, reply: FastifyReply, { principal, reader }: RequestIdentity): () => void {
    const sessionId = request.headers['mcp-session-id'];
    return this.streams.enter('mcp', {
      credentials: shownBy(request),
      principalId: principal.id,
      keep: (now) => {
        reader.become(now);
        if (typeof sessionId === 'string') this.sessions.touch(sessionId, now);
      },
      end: () => void reply.raw.destroy(),
    });
  }
}

/** Other answers may be streams too, but they end. */
function staysOpen(method: string, body: unknown): boolean {
  return method === 'GET' || (body as { method?: unknown } | null | undefined)?.method === LISTEN;
}
