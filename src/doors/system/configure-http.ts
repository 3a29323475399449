import { MethodNotAllowedException, UnsupportedMediaTypeException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../config/index.js';
import { RequestRecorder } from './request-recorder.js';

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

interface KnownRoute {
  pattern: RegExp;
  methods: Set<string>;
}

/**
 * Which methods each path takes, to tell a wrong method from an unknown path. Looked at only after the router found
 * nothing.
 */
export class KnownRoutes {
  private readonly routes = new Map<string, KnownRoute>();

  /** Collects the routes that are registered from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }) => {
      if (url.includes('*')) return;
      const route = this.routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
      for (const each of [method].flat()) route.methods.add(each);
      this.routes.set(url, route);
    });
  }

  /** The methods that the path takes, in alphabetical order; empty for a path that does not exist. */
  methodsAt(path: string): string[] {
    const found = [...this.routes.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
  }
}

function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/');
  return new RegExp(`^${source}$`);
}

const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  // Swagger UI and the charts set styles on elements
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * What a browser may do with our pages: Swagger UI and the dashboard run from our own files alone. The same for every
 * answer, so it is put together once; helmet, which builds it anew each time, was 6 % of a small request.
 * @param isHttps whether users reach the server over TLS, as its public address says
 */
export function securityHeaders(isHttps: boolean): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    ...(isHttps && { 'Strict-Transport-Security': 'max-age=31536000' }),
  };
}
