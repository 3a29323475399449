import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type Settings, newId } from '../../config/index.js';
import { AppError } from '../../errors/index.js';
import { PROBLEM_TYPE, problemOf } from '../wire/index.js';

const REQUEST_TIMEOUT_MS = 60_000;
const HEADERS_TIMEOUT_MS = 15_000;
/** Longer than the idle time of common load balancers (60 s), so that the balancer closes first. */
const KEEP_ALIVE_MS = 72_000;
const TIMEOUT_CHECK_MS = 5_000;
/** As long as Node lets a whole request line be: the limits of the fields decide, not the router. */
const MAX_PARAM_LENGTH = 16_384;
const SANE_REQUEST_ID = /^[\w.:-]{1,100}$/;

/** Fastify's options: limits on size and on patience, and the id of each request. */
export function httpOptions(settings: Settings) {
  return {
    bodyLimit: settings.bodyLimitBytes,
    trustProxy: false,
    forceCloseConnections: true,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUT_CHECK_MS },
    requestIdHeader: false as const,
    genReqId: requestIdOf,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    clientErrorHandler: answerClientError,
    frameworkErrors: answerRouterError,
  };
}

/** Requests are checked by their classes. Fastify would load its own validator at the start, for no route. */
function noSchemas(): never {
  throw new Error('routes have no schemas of Fastify: the request class says what is taken');
}

/** The caller's X-Request-Id where it is fit for a log line and a header, else a new one. */
function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : newId('req');
}

const STATUS_OF_ERROR: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** What is not HTTP, is too slow or has too large a head gets its answer before there is a request. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS_OF_ERROR[error.code ?? ''] ?? 400;
  const detail = 'the connection did not carry a readable HTTP request in time';
  const body = JSON.stringify(problemOf(status, new AppError('invalid', 'malformed_http', detail), '', newId('req')));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** An address that cannot be decoded is refused by the router, before any hook or filter. */
function answerRouterError({ statusCode = 400 }: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const detail = 'the address holds a percent sign that starts no valid escape, or is too long';
  const problem = problemOf(statusCode, new AppError('invalid', 'malformed_url', detail), request.url, request.id);
  // a text, so that Fastify's serializer for the type has no say
  void reply.status(statusCode).header('Content-Type', PROBLEM_TYPE).send(JSON.stringify(problem));
}
