import { type ArgumentsHost, Catch, HttpException } from '@nestjs/common';
import type { ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Log } from '../../telemetry/index.js';
import { AppError, type ErrorKind } from '../../errors/index.js';
import type { HeraldRequest } from '../herald-request.js';

const STATUS: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition: 412,
  too_large: 413,
  limit: 429,
  internal: 500,
  unavailable: 503,
};
const KIND_BY_STATUS = new Map(Object.entries(STATUS).map(([kind, status]) => [status, kind as ErrorKind]));
const TITLE: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  instance: string;
  request_id: string;
  errors?: { path: string; reason: string }[];
}

/**
 * Every error of the REST door leaves as application/problem+json; what the caller did not cause is logged, not told.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<HeraldRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { status, error } = understand(exception);
    if (status >= 500) this.log.error({ error: exception, request_id: request.id }, 'a request failed');
    if (reply.sent) return;
    if (status === 401) reply.header('WWW-Authenticate', 'Bearer realm="herald"');
    if (error.retryAfterSeconds !== undefined)
      reply.header('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterSeconds))));
    const problem: Problem = {
      type: `https://herald.example/problems/${error.code}`,
      title: TITLE[status] ?? 'Error',
      status,
      code: error.code,
      detail: error.message,
      instance: request.url.split('?')[0]!,
      request_id: request.id,
      ...(error.errors.length > 0 && { errors: error.errors }),
    };
    reply.status(status).header('Content-Type', 'application/problem+json; charset=utf-8').send(problem);
  }
}

function understand(exception: unknown): { status: number; error: AppError } {
  if (exception instanceof AppError) return { status: STATUS[exception.kind], error: exception };
  const status = exception instanceof HttpException ? exception.getStatus() : fastifyStatus(exception);
  if (status >= 500) {
    return {
      status: 500,
      error: new AppError('internal', 'internal', 'something went wrong here; the log has it under the request id'),
    };
  }
  const code = status === 404 ? 'route_not_found' : (TITLE[status] ?? 'error').toLowerCase().replace(/ /g, '_');
  return { status, error: new AppError(KIND_BY_STATUS.get(status) ?? 'invalid', code, (exception as Error).message) };
}

/** Fastify's own refusals (broken JSON, body too large, unknown media type) carry a 4xx status code. */
function fastifyStatus(exception: unknown): number {
  const status = (exception as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
