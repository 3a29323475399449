import { fromJsonRpcErrorResponse, restStatusFor, toRestErrorBody, VersionNotSupportedError } from '@a2a-js/sdk/errors';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, RouteOptions } from 'fastify';
import { shownBy } from '../../../auth/index.js';
import { Settings } from '../../../config/index.js';
import { AppError } from '../../../errors/index.js';
import type { HeraldRequest } from '../../../operations/index.js';
import { Log } from '../../../telemetry/index.js';
import { EVENT_STREAM_HEADERS, refusalOf, tellRefusal } from '../../wire/index.js';
import { type Agent, findAgent } from '../agents/agents.js';
import { A2aCall, A2aGuard } from './a2a-call.js';
import { A2aDispatcher, type Dispatched, LEGACY, type RpcAnswer, versionOf } from './a2a-dispatcher.js';
import { eventStream } from './event-stream.js';
import { type RouteFault, routeFaultOf, toRestBody, toRpcFault } from './protocol-errors.js';
import { isBroken, readEnvelope, readJson } from './read-envelope.js';
import { REST_ROUTES, type RestRoute } from './rest-binding.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const A2A_TYPE = 'application/a2a+json';
const MAX_SEQ = 2 ** 31;
const NO_CONTENT = 204;
const BAD_REQUEST = 400;

/**
 * The door's routes, put straight into Fastify: what stops a request before its handler (signing in, size, media
 * type) must be answered in the protocol's own words too, which only a route's own error handler can do.
 */
@Injectable()
export class A2aRoutes implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly guard: A2aGuard,
    private readonly dispatcher: A2aDispatcher,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    // a command line has the modules without HTTP
    const fastify = this.adapter.httpAdapter?.getInstance() as FastifyInstance | undefined;
    if (!fastify) return;
    fastify.addContentTypeParser(
      A2A_TYPE,
      { parseAs: 'string', bodyLimit: this.settings.bodyLimitBytes },
      (_request, body, done) => done(null, body),
    );
    fastify.route({
      ...this.guarded((fault) => ({ jsonrpc: '2.0', id: null, error: toRpcFault(fault) })),
      method: 'POST',
      url: '/a2a/:agent',
      handler: (request: HeraldRequest, reply) => this.takeRpc(request, reply),
    });
    for (const route of REST_ROUTES) {
      fastify.route({
        ...this.guarded(toRestBody),
        method: route.verb,
        url: `/a2a/:agent${route.path}`,
        handler: (request: HeraldRequest, reply) => this.takeRest(route, request, reply),
      });
    }
  }

  private guarded(toBody: (fault: RouteFault) => object): Pick<RouteOptions, 'config' | 'onRequest' | 'errorHandler'> {
    return {
      config: { takesRawText: true },
      onRequest: (request) => this.guard.admit(request),
      errorHandler: (error, request: HeraldRequest, reply) => {
        const fault = routeFaultOf(error);
        if (fault.status >= 500) this.log.error({ error, request_id: request.id }, 'a request failed');
        tellRefusal(reply, refusalOf(error));
        this.noteRefusal(request, reply, fault.status);
        void send(reply, fault.status, toBody(fault));
      },
    };
  }

  private async takeRpc(request: HeraldRequest, reply: FastifyReply): Promise<FastifyReply> {
    const envelope = readEnvelope((request.body as string | undefined) ?? '');
    if (isBroken(envelope)) {
      this.noteRefusal(request, reply, BAD_REQUEST);
      return send(reply, 200, { jsonrpc: '2.0', id: null, error: { code: envelope.code, message: envelope.reason } });
    }
    const call = this.callOf(request, reply, versionOf(shownVersion(request), envelope.method));
    const dispatched = await this.dispatcher.dispatch(agentOf(request), envelope, call);
    return 'events' in dispatched ? stream(reply, dispatched) : send(reply, 200, dispatched.answer);
  }

  private async takeRest(route: RestRoute, request: HeraldRequest, reply: FastifyReply): Promise<FastifyReply> {
    const agent = agentOf(request);
    const text = (request.body as string | undefined) ?? '';
    const json = text === '' ? { value: {} } : readJson(text);
    if ('broken' in json || typeof json.value !== 'object' || json.value === null || Array.isArray(json.value)) {
      throw new AppError(
        'invalid',
        'invalid_request',
        'broken' in json ? json.broken.reason : 'the body must be an object',
      );
    }
    const rpc = route.toRpc({
      params: request.params as Record<string, string>,
      query: request.query as Record<string, string>,
      body: json.value,
    });
    if (!rpc) throw new AppError('not_found', 'route_not_found', 'there is nothing at this address');
    const version = versionOf(shownVersion(request), rpc.method);
    if (version === LEGACY) {
      this.noteRefusal(request, reply, BAD_REQUEST);
      return sendRestFault(reply, new VersionNotSupportedError('0.3 is served over JSON-RPC only'));
    }
    const call = this.callOf(request, reply, version);
    const dispatched = await this.dispatcher.dispatch(agent, { jsonrpc: '2.0', id: request.id, ...rpc }, call);
    if ('events' in dispatched) return stream(reply, { events: unwrapped(dispatched.events) });
    const { error, result } = dispatched.answer;
    if (!error)
      return route.status === NO_CONTENT
        ? reply.status(NO_CONTENT).send()
        : send(reply, route.status, result as object, A2A_TYPE);
    return sendRestFault(reply, fromJsonRpcErrorResponse(dispatched.answer as never));
  }

  private callOf(request: HeraldRequest, reply: FastifyReply, version: string): A2aCall {
    const call = new A2aCall({
      principal: request.principal!,
      credentials: shownBy(request),
      requestId: request.id,
      version,
      lastEventSeq: lastEventOf(request.headers['last-event-id']),
    });
    reply.raw.once('close', () => call.end());
    return call;
  }

  /** The journal's row for what was never a call. */
  private noteRefusal({ params, principal }: HeraldRequest, { elapsedTime }: FastifyReply, status: number): void {
    const agent = findAgent((params as { agent?: string }).agent ?? '');
    this.dispatcher.record({ method: 'refused', params: undefined, status, duration: elapsedTime, principal, agent });
  }
}

function agentOf({ params }: HeraldRequest): Agent {
  const { agent: name } = params as { agent: string };
  const agent = findAgent(name);
  if (!agent)
    throw new AppError(
      'not_found',
      'agent_not_found',
      `there is no agent "${name.slice(0, 100)}"; GET /a2a lists them`,
    );
  return agent;
}

function shownVersion({ headers, query }: HeraldRequest): string | undefined {
  const shown = headers['a2a-version'] ?? (query as Record<string, unknown> | undefined)?.['A2A-Version'];
  return typeof shown === 'string' ? shown.trim() : undefined;
}

function lastEventOf(header: string | string[] | undefined): number | undefined {
  const seq = typeof header === 'string' && /^\d{1,10}$/.test(header) ? Number(header) : undefined;
  return seq !== undefined && seq < MAX_SEQ ? seq : undefined;
}

function send(reply: FastifyReply, status: number, body: object, type = JSON_TYPE): FastifyReply {
  // as text, so that Fastify's serializer has no say
  return reply
    .status(status)
    .header('Cache-Control', 'no-store')
    .header('Content-Type', type)
    .send(JSON.stringify(body));
}

function sendRestFault(reply: FastifyReply, fault: Error): FastifyReply {
  const status = restStatusFor(fault);
  return send(reply, status, toRestErrorBody(fault, status), A2A_TYPE);
}

function stream(reply: FastifyReply, { events }: Extract<Dispatched, { events: unknown }>): FastifyReply {
  return reply.headers(EVENT_STREAM_HEADERS).send(eventStream(events));
}

/** Streams of the REST binding carry results without JSON-RPC around them. */
async function* unwrapped(events: Extract<Dispatched, { events: unknown }>['events']) {
  for await (const { id, data } of events) {
    const { result, error } = data as RpcAnswer;
    yield { id, data: error ? { error } : result };
  }
}
