import { type ArgumentsHost, Catch, Injectable } from '@nestjs/common';
import type { ExceptionFilter } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { FastifyReply } from 'fastify';
import { Settings } from '../../../config/index.js';
import { AppError, type HeraldRequest } from '../../../operations/index.js';
import { Log } from '../../../telemetry/index.js';
import { answerRefusalsBy, codeOf, understandRefusal } from '../../json-rpc/index.js';
import { MCP_PATH, resourceMetadataUrl } from '../oauth/resource-metadata.js';

/** A request that cannot be read, which has a code of its own. */
class MalformedRequest extends AppError {}

/** Call it before `app.init()`. */
export function answerRefusalsAsMcp(app: NestFastifyApplication): void {
  answerRefusalsBy(app, MCP_PATH, app.get(McpHttpFilter));
}

/**
 * What stops a request before the protocol sees it: the answer of an OAuth resource server (RFC 6750, RFC 9728), as a
 * JSON-RPC error.
 */
@Catch()
@Injectable()
export class McpHttpFilter implements ExceptionFilter {
  constructor(
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(exception, http.getRequest<HeraldRequest>(), http.getResponse<FastifyReply>());
  }

  answer(exception: unknown, request: HeraldRequest, reply: FastifyReply): void {
    const { status, error } = understandRefusal(
      exception,
      (message) => new MalformedRequest('invalid', 'invalid_request', message),
    );
    const code = error instanceof MalformedRequest ? ProtocolErrorCode.InvalidRequest : codeOf(error);
    if (status === 500) this.log.error({ error: exception, request_id: request.id }, 'a request failed');
    if (reply.sent) return;
    if (status === 401) reply.header('WWW-Authenticate', this.challenge(request));
    if (error.retryAfterSeconds !== undefined)
      reply.header('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterSeconds))));
    const body = {
      jsonrpc: '2.0',
      error: { code, message: error.message, data: { code: error.code, request_id: request.id } },
      id: null,
    };
    void reply
      .status(status)
      .header('Content-Type', 'application/json')
      .header('Cache-Control', 'no-store')
      .send(JSON.stringify(body));
  }

  /** Whoever showed nothing is told only where to begin; whoever showed something is told that it is no good. */
  private challenge({ headers }: HeraldRequest): string {
    const hasShown = headers.authorization !== undefined || headers['x-api-key'] !== undefined;
    const fault = hasShown
      ? 'error="invalid_token", error_description="the token is not valid, has expired or was revoked", '
      : '';
    return `Bearer realm="herald", ${fault}resource_metadata="${resourceMetadataUrl(this.settings, headers)}"`;
  }
}
