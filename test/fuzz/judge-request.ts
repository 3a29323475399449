import type { JsonSchema } from '../../src/operations/index.js';
import type { FuzzedRequest } from './fuzz-requests.js';
import type { FoundOperation, SchemaChecker } from './openapi-schemas.js';

const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** What the document says of a request: `undefined` where it allows it, else the reason why not. */
export function judgeRequest(
  { headers, body, sent }: FuzzedRequest,
  { operation }: FoundOperation,
  checker: SchemaChecker,
): string | undefined {
  for (const { parameter, values } of sent) {
    const fault = checker.fault(parameter.schema, typed(parameter.schema, values));
    if (fault !== undefined) return `${parameter.in} ${parameter.name}: ${fault}`;
  }
  const missing = operation.parameters.find(
    (parameter) => parameter.required && !sent.some((each) => each.parameter === parameter),
  );
  if (missing) return `${missing.name} is missing`;
  const { requestBody } = operation;
  if (!requestBody) return undefined;
  if (body === undefined || body === '') return requestBody.required ? 'the body is missing' : undefined;
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) return 'the media type is not listed';
  let value: unknown;
  try {
    // a byte order mark is no part of the text (RFC 8259, 8.1: a reader may ignore it)
    value = JSON.parse(body.replace(/^\uFEFF/, ''));
  } catch {
    return 'the body is not JSON';
  }
  return checker.fault(requestBody.content['application/json']!.schema, value);
}

/** The value that texts of an address or a header stand for, by the schema. */
function typed(schema: JsonSchema, values: readonly string[]): unknown {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'array') return values.map((value) => typed(schema.items ?? {}, [value]));
  const [text = ''] = values;
  // one value where several came: there is none that is meant
  if (values.length > 1) return values;
  if ((type === 'number' || type === 'integer') && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
