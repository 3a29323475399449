import { MethodNotAllowedException, UnsupportedMediaTypeException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../config/index.js';
import { KnownRoutes } from './known-routes.js';
import { RequestRecorder } from './request-recorder.js';
import { securityHeaders } from './security-headers.js';

const FORM_TYPE = /^(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i;
const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i;

/** Route config of the few routes whose body is not a JSON object read by the framework. */
export interface HttpRouteConfig {
  /** An HTML form's body is taken too, as one-click unsubscribe must. */
  acceptsForm?: boolean;
  /** The JSON reaches the route as text: broken JSON is answered in the route's own protocol. */
  takesRawText?: boolean;
}

/**
 * What every HTTP request meets before and after its route: security headers, its id, the media type and method checks,
 * the body's parser, and its record. Call it before `app.init()`.
 */
export function configureHttp(app: NestFastifyApplication): void {
  const settings = app.get(Settings);
  const recorder = app.get(RequestRecorder);
  const fastify = app.getHttpAdapter().getInstance();
  const knownRoutes = new KnownRoutes();
  const headers = securityHeaders(settings.publicUrl.startsWith('https:'));

  acceptEmptyJson(app, settings.bodyLimitBytes);
  knownRoutes.watch(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers).header('X-Request-Id', request.id);
    if (request.url.startsWith('/api/')) reply.header('Cache-Control', 'no-store');
    done(refusalOf(request, reply, knownRoutes));
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    recorder.record(request, reply);
    done();
  });
}

/** Clients that always send the JSON content type send it with empty bodies too: an empty body is an empty request. */
function acceptEmptyJson(app: NestFastifyApplication, bodyLimit: number): void {
  const parseJson = app.getHttpAdapter().getInstance().getDefaultJsonParser('error', 'error');
  app.useBodyParser('application/json', { bodyLimit }, (request, body, done) => {
    const { takesRawText } = (request as FastifyRequest).routeOptions.config as HttpRouteConfig;
    if (takesRawText) done(null, body.toString());
    else if (body.length === 0) done(null, undefined);
    else void parseJson(request as FastifyRequest, body as unknown as string, done);
  });
}

function refusalOf(request: FastifyRequest, reply: FastifyReply, knownRoutes: KnownRoutes): Error | undefined {
  if (request.is404) {
    const methods = knownRoutes.methodsAt(request.url.split('?', 1)[0]!);
    if (methods.length === 0) return undefined;
    reply.header('Allow', methods.join(', '));
    return new MethodNotAllowedException(`${request.method} is not offered here; use ${methods.join(', ')}`);
  }
  const type = request.headers['content-type'];
  if (type === undefined || JSON_TYPE.test(type) || !hasBody(request)) return undefined;
  const { acceptsForm } = request.routeOptions.config as HttpRouteConfig;
  if (acceptsForm && FORM_TYPE.test(type)) return undefined;
  return new UnsupportedMediaTypeException('send the body as application/json');
}

function hasBody({ method, headers }: FastifyRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
