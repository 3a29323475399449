import {
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Patch,
  Post,
  Put,
  Req,
  Res,
  type Type,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../../auth/index.js';
import { invalid } from '../../errors/index.js';
import { ApiDocs, type CallOptions, type HeraldRequest, OperationBus } from '../../operations/index.js';
import { type Address, fieldOf } from './rest-route.js';

/** Marks a route in what Nest tells of it; taken out of the published document. */
export const ROUTE_MARK = 'x-herald-route';

export interface RouteMark {
  readonly operation: string;
  readonly isAlias: boolean;
}

const VERBS = { GET: Get, POST: Post, PUT: Put, PATCH: Patch, DELETE: Delete };

interface Bus {
  readonly operations: OperationBus;
}

/**
 * The controller of the REST door: one method for each address, with the decorators that somebody would have written
 * above it, so that guards, filters, interceptors and the document treat it like any other.
 */
export function restController(addresses: readonly Address[]): Type {
  class RestController implements Bus {
    @Inject(OperationBus) readonly operations!: OperationBus;
  }
  for (const address of addresses) addRoute(RestController.prototype, address);
  Controller()(RestController);
  return RestController;
}

function addRoute(prototype: object, address: Address): void {
  const { method, path, operation, status, isAlias, tag } = address;
  const name = `${method} ${path}`;
  const descriptor = {
    configurable: true,
    value(this: Bus, request: HeraldRequest, reply: FastifyReply) {
      return answer(this.operations, address, request, reply);
    },
  };
  if (Object.hasOwn(prototype, name)) throw new Error(`two operations stand at ${name}`);
  Object.defineProperty(prototype, name, descriptor);
  Req()(prototype, name, 0);
  Res({ passthrough: true })(prototype, name, 1);
  const mark: RouteMark = { operation: operation.name, isAlias };
  const decorators = [
    VERBS[method](path),
    HttpCode(status),
    ApiDocs(({ ApiExtension, ApiOperation, ApiTags }) => [
      ApiTags(tag),
      ApiOperation(isAlias ? {} : { operationId: operation.name }),
      ApiExtension(ROUTE_MARK, mark),
    ]),
    ...(operation.isPublic ? [Public()] : []),
    ...(operation.carriesSecret ? [Header('Cache-Control', 'no-store')] : []),
  ] as MethodDecorator[];
  for (const decorate of decorators) decorate(prototype, name, descriptor);
}

async function answer(
  operations: OperationBus,
  { operation, method, status, hasEtag, isEmpty }: Address,
  request: HeraldRequest,
  reply: FastifyReply,
): Promise<object | string | undefined> {
  const { headers, principal, ip, id } = request;
  const key = method === 'POST' ? headers['idempotency-key'] : undefined;
  // of a command, written once for its row in the journal and for whoever asked
  let written: { response: object; body: string } | undefined;
  const options: CallOptions = {
    principal,
    door: 'rest',
    requestId: id,
    http: {
      method,
      status,
      bytesIn: Number(headers['content-length'] ?? 0),
      bytesOf: (response) => {
        if (isEmpty) return 0;
        written = { response, body: JSON.stringify(response) };
        return Buffer.byteLength(written.body);
      },
      journalled: () => (request.isJournalled = true),
    },
    ip,
    isText: method === 'GET' || method === 'DELETE',
    onReplay: () => void reply.header('Idempotency-Replayed', 'true'),
    ...(key !== undefined && { idempotencyKey: String(key) }),
    ...(headers['if-match'] !== undefined && { ifMatch: headers['if-match'] }),
  };
  const result = await operations.call<{ version?: number }>(operation.name, inputOf(request), options);
  if (hasEtag) reply.header('ETag', `"${result.version}"`);
  if (isEmpty) return undefined;
  if (written?.response !== result) return result;
  reply.header('Content-Type', 'application/json; charset=utf-8');
  return written.body;
}

/** Path, query and body as one object in the wire's names. */
function inputOf({ params, query, body }: HeraldRequest): Record<string, unknown> {
  // an empty body is an empty request, whatever its media type
  if (body === undefined || body === '') body = {};
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid('', 'the request body must be a JSON object');
  const input: Record<string, unknown> = { ...(query as object), ...body };
  for (const [parameter, value] of Object.entries(params as object)) {
    const name = fieldOf(parameter);
    if (input[name] !== undefined && input[name] !== value) throw invalid(name, 'differs from the one in the path');
    input[name] = value;
  }
  return input;
}
