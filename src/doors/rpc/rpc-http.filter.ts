import { type ArgumentsHost, Catch, Injectable } from '@nestjs/common';
import type { ExceptionFilter } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import type { HeraldRequest } from '../../operations/index.js';
import { Log } from '../../telemetry/index.js';
import { answerRefusalsBy, understandRefusal } from '../json-rpc/index.js';
import { answerText } from './answer-message.js';
import { envelopeError, toRpcError } from './rpc-error.js';

/** Call it before `app.init()`. */
export function answerRefusalsAsRpc(app: NestFastifyApplication): void {
  answerRefusalsBy(app, '/rpc', app.get(RpcHttpFilter));
}

/**
 * What stops a request before its calls are read (no credentials, over the limit, too large) is answered in the
 * door's own words too.
 */
@Catch()
@Injectable()
export class RpcHttpFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(exception, http.getRequest<HeraldRequest>(), http.getResponse<FastifyReply>());
  }

  answer(exception: unknown, request: HeraldRequest, reply: FastifyReply): void {
    const { status, error } = understandRefusal(exception, (reason) =>
      envelopeError({ kind: 'invalid_request', reason }),
    );
    if (status === 500) this.log.error({ error: exception, request_id: request.id }, 'a request failed');
    if (reply.sent) return;
    const fault = toRpcError(error, request.id);
    if (status === 401) reply.header('WWW-Authenticate', 'Bearer realm="herald"');
    if (fault.data.retry_after !== undefined) reply.header('Retry-After', String(fault.data.retry_after));
    void reply
      .status(status)
      .header('Content-Type', 'application/json; charset=utf-8')
      .send(answerText(null, { error: fault }));
  }
}
