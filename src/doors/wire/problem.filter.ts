import { type ArgumentsHost, Catch } from '@nestjs/common';
import type { ExceptionFilter } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import type { HeraldRequest } from '../../operations/index.js';
import { Log } from '../../telemetry/index.js';
import { PROBLEM_TYPE, type Refusal, problemOf, refusalOf, tellRefusal } from './told-error.js';

/**
 * What a request over HTTP that did not succeed is answered with. What the caller did not cause is logged, not told.
 */
export abstract class RefusalFilter implements ExceptionFilter {
  constructor(protected readonly log: Log) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(exception, http.getRequest<HeraldRequest>(), http.getResponse<FastifyReply>());
  }

  answer(exception: unknown, request: HeraldRequest, reply: FastifyReply): void {
    const refusal = refusalOf(exception);
    if (refusal.status >= 500) this.log.error({ error: exception, request_id: request.id }, 'a request failed');
    if (reply.sent) return;
    tellRefusal(reply, refusal, this.challenge(request));
    this.send(refusal, request, reply);
  }

  /** How to sign in, where it is not as everywhere. */
  protected challenge(_: HeraldRequest): string | undefined {
    return undefined;
  }

  /** In the words of the door. */
  protected abstract send(refusal: Refusal, request: HeraldRequest, reply: FastifyReply): void;
}

/** Every error of the REST door leaves as application/problem+json. */
@Catch()
export class ProblemFilter extends RefusalFilter {
  constructor(log: Log) {
    super(log);
  }

  protected send({ status, error }: Refusal, request: HeraldRequest, reply: FastifyReply): void {
    void reply
      .status(status)
      .header('Content-Type', PROBLEM_TYPE)
      .send(problemOf(status, error, request.url, request.id));
  }
}

/**
 * Fastify refuses some bodies before Nest and its filters have the request: at this address the filter answers those
 * too. Call it before `app.init()`.
 */
export function answerRefusalsBy(app: NestFastifyApplication, url: string, filter: RefusalFilter): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      if (route.url === url)
        route.errorHandler = (error, request, reply) => filter.answer(error, request as HeraldRequest, reply);
    });
}
