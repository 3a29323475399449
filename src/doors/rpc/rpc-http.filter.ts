import { type ArgumentsHost, Catch, Injectable } from '@nestjs/common';
import type { ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { HeraldRequest } from '../../operations/index.js';
import { Log } from '../../telemetry/index.js';
import { statusOf, toAppError } from '../json-rpc/index.js';
import { answerText } from './answer-message.js';
import { toRpcError } from './rpc-error.js';

/** What stops a request before its calls are read (no credentials, over the limit) is answered in the door's own words too. */
@Catch()
@Injectable()
export class RpcHttpFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<HeraldRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error = toAppError(exception);
    const status = statusOf(error);
    if (status === 500) this.log.error({ error: exception, request_id: request.id }, 'a request failed');
    if (reply.sent) return;
    const fault = toRpcError(error, request.id);
    if (status === 401) reply.header('WWW-Authenticate', 'Bearer realm="herald"');
    if (fault.data.retry_after !== undefined) reply.header('Retry-After', String(fault.data.retry_after));
    void reply.status(status).header('Content-Type', 'application/json; charset=utf-8').send(answerText(null, { error: fault }));
  }
}
