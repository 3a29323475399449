import { ProtocolErrorCode } from '@modelcontextprotocol/server';
import { Catch, Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { Settings } from '../../../config/index.js';
import type { HeraldRequest } from '../../../operations/index.js';
import { Log } from '../../../telemetry/index.js';
import { answerRefusalsBy, type Refusal, RefusalFilter, rpcCodeOf } from '../../wire/index.js';
import { MCP_PATH, resourceMetadataUrl } from '../oauth/resource-metadata.js';

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
export class McpHttpFilter extends RefusalFilter {
  constructor(
    private readonly settings: Settings,
    log: Log,
  ) {
    super(log);
  }

  protected send({ status, error, isUnread }: Refusal, { id: request_id }: HeraldRequest, reply: FastifyReply): void {
    const isMalformed = isUnread && error.kind !== 'too_large';
    const code = isMalformed ? ProtocolErrorCode.InvalidRequest : rpcCodeOf(error);
    const data = { code: isMalformed ? 'invalid_request' : error.code, request_id };
    void reply
      .status(status)
      .header('Content-Type', 'application/json')
      .header('Cache-Control', 'no-store')
      .send(JSON.stringify({ jsonrpc: '2.0', error: { code, message: error.message, data }, id: null }));
  }

  /** Whoever showed nothing is told only where to begin; whoever showed something is told that it is no good. */
  protected override challenge({ headers }: HeraldRequest): string {
    const hasShown = headers.authorization !== undefined || headers['x-api-key'] !== undefined;
    const fault = hasShown
      ? 'error="invalid_token", error_description="the token is not valid, has expired or was revoked", '
      : '';
    return `Bearer realm="herald", ${fault}resource_metadata="${resourceMetadataUrl(this.settings, headers)}"`;
  }
}
