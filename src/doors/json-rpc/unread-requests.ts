import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { AppError, type HeraldRequest } from '../../operations/index.js';
import { statusOf, toAppError } from './error-codes.js';

export interface RefusalFilter {
  answer(exception: unknown, request: HeraldRequest, reply: FastifyReply): void;
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

/**
 * What stopped a request before its calls were read. Refusals by the framework carry a status and no kind.
 * @param malformed the door's own error for a request that cannot be read
 */
export function understandRefusal(
  exception: unknown,
  malformed: (message: string) => AppError,
): { status: number; error: AppError } {
  const {
    statusCode,
    status = statusCode,
    message,
  } = exception as { statusCode?: unknown; status?: unknown; message: string };
  if (exception instanceof AppError || typeof status !== 'number' || status < 400 || status >= 500) {
    const error = toAppError(exception);
    return { status: statusOf(error), error };
  }
  return {
    status,
    error: status === 413 ? new AppError('too_large', 'content_too_large', message) : malformed(message),
  };
}
