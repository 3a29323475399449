import { fieldsOf, isReplayable, shapesOf, type JsonSchema } from '../../operations/index.js';
import { type Address, fieldOf } from '../rest/index.js';
import type { ProblemResponses } from './problem-responses.js';
import type { SchemaCatalog } from './schema-catalog.js';

export interface DescribedRoute extends Address {
  /** As the document writes it: `{leadId}`. */
  readonly template: string;
  readonly operationId: string;
  /** Whether what is at this path has an ETag. */
  readonly isVersioned: boolean;
}

const UNSENT: JsonSchema = { type: 'string' };

/**
 * One OpenAPI operation: everything about it comes from the operation's classes and from how the pipeline treats its
 * kind.
 */
export function describeRoute(route: DescribedRoute, catalog: SchemaCatalog, problems: ProblemResponses): object {
  const { operation } = route;
  const pathFields = pathFieldsOf(route.template);
  const body = takesBody(route.method) ? bodyOf(route, pathFields, catalog) : undefined;
  const statuses = problemStatuses(route, pathFields);
  return {
    operationId: route.operationId,
    summary: operation.summary,
    description: descriptionOf(route),
    tags: [route.tag],
    security: operation.isPublic ? [] : [{ bearer: [] }, { api_key: [] }],
    parameters: [
      ...pathParameters(route, pathFields),
      ...queryParameters(route, pathFields),
      ...headerParameters(route),
    ],
    ...(body && { requestBody: body }),
    responses: {
      [route.status]: successOf(route, catalog),
      ...Object.fromEntries(statuses.map((status) => [status, problems.refer(status)])),
    },
  };
}

function descriptionOf({ operation, isAlias, method }: DescribedRoute): string {
  const scope =
    operation.permission === null
      ? operation.isPublic
        ? 'open to anybody'
        : 'open to every caller who is signed in'
      : `needs the scope \`${operation.permission}\``;
  // OpenAPI has no word for a rule on several query parameters
  const rules = takesBody(method) ? [] : shapesOf(operation.request).map(({ words }) => ` Rule: ${words}.`);
  return `${isAlias ? 'Another address of the operation' : 'Operation'} \`${operation.name}\`: ${scope}.${rules.join('')}`;
}

/** `{leadId}` in the path is the field `lead_id`. */
function pathFieldsOf(path: string): Map<string, string> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  return new Map(names.map((name) => [fieldOf(name), name]));
}

function takesBody(method: string): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH';
}

function pathParameters({ operation }: DescribedRoute, pathFields: Map<string, string>): object[] {
  return [...pathFields].map(([field, name]) => {
    const { description, ...schema } = fieldsOf(operation.request).get(field)?.schema ?? UNSENT;
    return {
      name,
      in: 'path',
      required: true,
      ...(description !== undefined && { description }),
      schema: { ...schema, minLength: 1 },
    };
  });
}

function queryParameters({ method, operation }: DescribedRoute, pathFields: Map<string, string>): object[] {
  if (takesBody(method)) return [];
  const fields = [...fieldsOf(operation.request)].filter(([name]) => !pathFields.has(name));
  return fields.flatMap(([name, { schema: documented, isRequired }]) => {
    if (!isText(documented)) return [];
    const { description, ...schema } = documented;
    return [{ name, in: 'query', required: isRequired, ...(description !== undefined && { description }), schema }];
  });
}

/** Objects have no agreed form in a query string, and are not taken from one. */
function isText({ type }: JsonSchema): boolean {
  return type !== undefined && type !== 'object';
}

function headerParameters(route: DescribedRoute): object[] {
  return [
    ...(takesIdempotencyKey(route) ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
    ...(takesIfMatch(route) ? [{ $ref: '#/components/parameters/IfMatch' }] : []),
  ];
}

function takesIdempotencyKey({ method, operation }: DescribedRoute): boolean {
  return method === 'POST' && isReplayable(operation);
}

/** Whatever changes a row that has a version; what makes one finds none. */
function takesIfMatch({ method, isVersioned, status }: DescribedRoute): boolean {
  return isVersioned && method !== 'GET' && status !== 201;
}

function bodyOf(
  { operation }: DescribedRoute,
  pathFields: Map<string, string>,
  catalog: SchemaCatalog,
): object | undefined {
  const fields = [...fieldsOf(operation.request)].filter(([name]) => !pathFields.has(name));
  if (fields.length === 0) return undefined;
  const isWhole = fields.length === fieldsOf(operation.request).size;
  const schema = isWhole
    ? catalog.request(operation.request)
    : catalog.requestWithout(operation.request, [...pathFields.keys()]);
  return { required: fields.some(([, { isRequired }]) => isRequired), content: { 'application/json': { schema } } };
}

function successOf({ operation, isEmpty, hasEtag, status }: DescribedRoute, catalog: SchemaCatalog): object {
  if (isEmpty) return { description: 'Done' };
  return {
    description: status === 202 ? 'Accepted: the work goes on' : status === 201 ? 'Made' : 'The answer',
    ...(hasEtag && { headers: { ETag: { description: 'The version, for If-Match', schema: { type: 'string' } } } }),
    content: { 'application/json': { schema: catalog.response(operation.response) } },
  };
}

/**
 * What can go wrong, given the way the request goes: guard → body → permission → validation → idempotency →
 * operation.
 */
function problemStatuses(route: DescribedRoute, pathFields: Map<string, string>): number[] {
  const { method, operation } = route;
  const hasBody = method !== 'GET';
  const isChange = operation.kind !== 'query';
  const namesRows =
    pathFields.size > 0 ||
    (hasBody && [...fieldsOf(operation.request).keys()].some((name) => /(_ids?|^uri|agent)$/.test(name)));
  return [
    400,
    // a public command such as signing in checks credentials of its own
    ...(!operation.isPublic || isChange ? [401] : []),
    ...(operation.permission !== null || isChange ? [403] : []),
    ...(namesRows ? [404] : []),
    // a computation on stored rows can be impossible in their present state too
    ...(isChange || method === 'POST' ? [409] : []),
    ...(takesIfMatch(route) ? [412] : []),
    ...(hasBody ? [413, 415] : []),
    429,
    500,
    503,
  ];
}
