import { HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AppError, type ErrorKind, type FieldError } from '../../errors/index.js';

interface KindOnTheWire {
  readonly status: number;
  readonly title: string;
  /** Of JSON-RPC. */
  readonly rpcCode: number;
  /** Of google.rpc.Code, as A2A's REST binding has it. */
  readonly rpcName: string;
}

/** The one place where kinds of errors become the codes of the protocols. */
const BY_KIND: Readonly<Record<ErrorKind, KindOnTheWire>> = {
  invalid: { status: 400, title: 'Bad Request', rpcCode: -32602, rpcName: 'INVALID_ARGUMENT' },
  unauthenticated: { status: 401, title: 'Unauthorized', rpcCode: -32001, rpcName: 'UNAUTHENTICATED' },
  forbidden: { status: 403, title: 'Forbidden', rpcCode: -32003, rpcName: 'PERMISSION_DENIED' },
  not_found: { status: 404, title: 'Not Found', rpcCode: -32004, rpcName: 'NOT_FOUND' },
  conflict: { status: 409, title: 'Conflict', rpcCode: -32009, rpcName: 'ABORTED' },
  precondition: { status: 412, title: 'Precondition Failed', rpcCode: -32012, rpcName: 'FAILED_PRECONDITION' },
  too_large: { status: 413, title: 'Content Too Large', rpcCode: -32013, rpcName: 'INVALID_ARGUMENT' },
  limit: { status: 429, title: 'Too Many Requests', rpcCode: -32029, rpcName: 'RESOURCE_EXHAUSTED' },
  unavailable: { status: 503, title: 'Service Unavailable', rpcCode: -32053, rpcName: 'UNAVAILABLE' },
  internal: { status: 500, title: 'Internal Server Error', rpcCode: -32603, rpcName: 'INTERNAL' },
};
const KIND_OF_STATUS: ReadonlyMap<number, ErrorKind> = new Map(
  Object.entries(BY_KIND).map(([kind, { status }]) => [status, kind as ErrorKind]),
);
/** Refusals of the framework that no kind stands for. */
const OTHER_TITLES: Readonly<Record<number, string>> = {
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  415: 'Unsupported Media Type',
  431: 'Request Header Fields Too Large',
};

/** What the caller is told of a fault of ours. */
export const OUR_FAULT = 'something went wrong here; the log has it under the request id';

export function statusOf({ kind }: AppError): number {
  return BY_KIND[kind].status;
}

export function rpcCodeOf({ kind }: AppError): number {
  return BY_KIND[kind].rpcCode;
}

export function rpcNameOf({ kind }: AppError): string {
  return BY_KIND[kind].rpcName;
}

export function titleOf(status: number): string {
  const kind = KIND_OF_STATUS.get(status);
  return kind ? BY_KIND[kind].title : (OTHER_TITLES[status] ?? 'Error');
}

/** What the caller is told: an AppError as it is, anything else as ours. */
export function toAppError(exception: unknown): AppError {
  if (exception instanceof AppError) return exception;
  return new AppError('internal', 'internal', OUR_FAULT, { cause: exception });
}

export interface Refusal {
  readonly status: number;
  readonly error: AppError;
  /** The framework could not read the request, or knows no such route: no operation has seen it. */
  readonly isUnread: boolean;
}

/**
 * What ended a request over HTTP, and its status. The refusals of Nest (`getStatus`) and of Fastify (`statusCode`:
 * broken JSON, body too large, unknown media type) carry a 4xx status; everything else that is no AppError is ours.
 */
export function refusalOf(exception: unknown): Refusal {
  const status =
    exception instanceof HttpException
      ? exception.getStatus()
      : (exception as { statusCode?: unknown } | null | undefined)?.statusCode;
  if (exception instanceof AppError || typeof status !== 'number' || status < 400 || status >= 500) {
    const error = toAppError(exception);
    return { status: statusOf(error), error, isUnread: false };
  }
  const code = status === 404 ? 'route_not_found' : titleOf(status).toLowerCase().replace(/ /g, '_');
  const error = new AppError(KIND_OF_STATUS.get(status) ?? 'invalid', code, (exception as Error).message);
  return { status, error, isUnread: true };
}

/** The headers that go with a refusal: how to sign in, when to come back. */
export function tellRefusal(
  reply: FastifyReply,
  { status, error }: Refusal,
  challenge = 'Bearer realm="herald"',
): void {
  if (status === 401) reply.header('WWW-Authenticate', challenge);
  const seconds = retryAfterOf(error);
  if (seconds !== undefined) reply.header('Retry-After', String(seconds));
}

/** Whole seconds, at least one. */
export function retryAfterOf({ retryAfterSeconds }: AppError): number | undefined {
  return retryAfterSeconds === undefined ? undefined : Math.max(1, Math.ceil(retryAfterSeconds));
}

/** What JSON-RPC and MCP tell beside a code and a message. */
export interface ErrorFields {
  /** Stable, for scripts. */
  code: string;
  request_id: string;
  errors?: FieldError[];
  /** Seconds. */
  retry_after?: number;
}

export function fieldsOfError(error: AppError, requestId: string): ErrorFields {
  const seconds = retryAfterOf(error);
  return {
    code: error.code,
    request_id: requestId,
    ...(error.errors.length > 0 && { errors: error.errors }),
    ...(seconds !== undefined && { retry_after: seconds }),
  };
}

/** RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  instance: string;
  request_id: string;
  errors?: FieldError[];
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** @param url what was asked for; the query, which may hold what people typed, is left out */
export function problemOf(
  status: number,
  { code, message, errors }: AppError,
  url: string,
  requestId: string,
): Problem {
  return {
    type: `https://herald.example/problems/${code}`,
    title: titleOf(status),
    status,
    code,
    detail: message,
    instance: url.split('?', 1)[0]!,
    request_id: requestId,
    ...(errors.length > 0 && { errors }),
  };
}
