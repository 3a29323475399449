import type { JsonSchema } from '../../operations/index.js';

const TEXTS: Readonly<Record<number, { name: string; description: string }>> = {
  400: { name: 'InvalidRequest', description: 'The request is wrong; `errors` names each field and the reason' },
  401: { name: 'Unauthenticated', description: 'No credentials, or ones that are not valid' },
  403: { name: 'Forbidden', description: 'The caller lacks the scope that this needs' },
  404: { name: 'NotFound', description: 'There is nothing with such an id' },
  409: { name: 'Conflict', description: 'The request is right, but not in the present state' },
  412: { name: 'VersionMoved', description: 'If-Match does not name the current version' },
  413: { name: 'TooLarge', description: 'The body is larger than this server accepts' },
  415: { name: 'UnsupportedMediaType', description: 'The body is not application/json' },
  429: { name: 'RateLimited', description: 'Too many requests; Retry-After says when to come back' },
  431: { name: 'HeadTooLarge', description: 'The address and headers together are larger than 16 KiB' },
  500: { name: 'InternalError', description: 'A fault of the server; its log has it under the request id' },
  503: { name: 'Unavailable', description: 'A part that this needs is down, or the server is stopping' },
};

/** RFC 9457, with the members that Herald adds. */
export const PROBLEM_SCHEMA: JsonSchema = {
  type: 'object',
  description: 'RFC 9457 problem',
  properties: {
    type: { type: 'string', format: 'uri', description: 'Names the kind of problem' },
    title: { type: 'string', examples: ['Not Found'] },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    code: { type: 'string', description: 'Stable, for scripts', examples: ['lead_not_found'] },
    detail: { type: 'string', description: 'What is wrong and what to do about it' },
    instance: { type: 'string', description: 'The path that was asked for' },
    request_id: { type: 'string', description: 'Also in the X-Request-Id header and in the log' },
    errors: {
      type: 'array',
      description: 'Each field that is wrong',
      items: {
        type: 'object',
        properties: { path: { type: 'string', examples: ['items[2].name'] }, reason: { type: 'string' } },
        required: ['path', 'reason'],
      },
    },
  },
  required: ['type', 'title', 'status', 'code', 'detail', 'instance', 'request_id'],
};

/** References to the shared problem responses; those used are collected for `components.responses`. */
export class ProblemResponses {
  readonly responses: Record<string, object> = {};

  constructor(private readonly problem: JsonSchema) {}

  refer(status: number): JsonSchema {
    const { name, description } = TEXTS[status]!;
    this.responses[name] ??= {
      description,
      ...(status === 429 && {
        headers: { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer', minimum: 1 } } },
      }),
      content: { 'application/problem+json': { schema: this.problem } },
    };
    return { $ref: `#/components/responses/${name}` };
  }
}
