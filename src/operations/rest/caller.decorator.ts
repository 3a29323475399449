import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalid } from '../app-error.js';
import type { CallOptions } from '../operation-bus.js';
import type { Principal } from '../principal.js';
import { REST_ROUTE, type RestChoice } from './rest.decorator.js';

export interface HeraldRequest extends FastifyRequest {
  /** Set by the auth guard. */
  principal?: Principal;
}

/** Who calls and how, for `OperationBus.call`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): CallOptions => {
  const http = context.switchToHttp();
  const request = http.getRequest<HeraldRequest>();
  const reply = http.getResponse<FastifyReply>();
  return {
    principal: request.principal,
    door: 'rest',
    requestId: request.id,
    isText: request.method === 'GET' || request.method === 'DELETE',
    ...optionalHeader('idempotencyKey', request.method === 'POST' ? request.headers['idempotency-key'] : undefined),
    ...optionalHeader('ifMatch', request.headers['if-match']),
    onReplay: () => void reply.header('Idempotency-Replayed', 'true'),
    ...(routeOf(context)?.hasEtag && {
      onAnswer: (answer: { version?: number }) => void reply.header('ETag', `"${answer.version}"`),
    }),
  };
});

/** The request's path parameters, query and body as one object in the wire's names: `{leadId}` is `lead_id`. */
export const Input = createParamDecorator((_: unknown, context: ExecutionContext): Record<string, unknown> => {
  const request = context.switchToHttp().getRequest<HeraldRequest>();
  const path = Object.fromEntries(
    Object.entries((request.params ?? {}) as object).map(([name, value]) => [snakeCase(name), value]),
  );
  const body = request.body ?? {};
  if (typeof body !== 'object' || Array.isArray(body)) throw invalid('', 'the request body must be a JSON object');
  const input = { ...(request.query as object), ...body } as Record<string, unknown>;
  for (const [name, value] of Object.entries(path)) {
    if (input[name] !== undefined && input[name] !== value) throw invalid(name, 'differs from the one in the path');
  }
  return { ...input, ...path };
});

function routeOf(context: ExecutionContext): RestChoice | undefined {
  return Reflect.getMetadata(REST_ROUTE, context.getHandler()) as RestChoice | undefined;
}

function optionalHeader<K extends string>(name: K, value: string | string[] | undefined): { [key in K]?: string } {
  return (value === undefined ? {} : { [name]: String(value) }) as { [key in K]?: string };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
