import { Catch, Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import type { HeraldRequest } from '../../operations/index.js';
import { Log } from '../../telemetry/index.js';
import { answerRefusalsBy, type Refusal, RefusalFilter } from '../wire/index.js';
import { answerText, envelopeError, toRpcError } from './envelope.js';

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
export class RpcHttpFilter extends RefusalFilter {
  constructor(log: Log) {
    super(log);
  }

  protected send({ status, error, isUnread }: Refusal, request: HeraldRequest, reply: FastifyReply): void {
    const isMalformed = isUnread && error.kind !== 'too_large';
    const told = isMalformed ? envelopeError({ kind: 'invalid_request', reason: error.message }) : error;
    void reply
      .status(status)
      .header('Content-Type', 'application/json; charset=utf-8')
      .send(answerText(null, { error: toRpcError(told, request.id) }));
  }
}
