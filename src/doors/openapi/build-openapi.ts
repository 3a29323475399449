import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { OperationRegistry, swaggerWithDocs } from '../../operations/index.js';
import { type Address, addressesOf, ROUTE_MARK, type RouteMark } from '../rest/index.js';
import { describeRoute } from './describe-route.js';
import { describeTags, documentInfo } from './document-info.js';
import { PROBLEM_SCHEMA, ProblemResponses } from './problem-responses.js';
import { SchemaCatalog } from './schema-catalog.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

interface ScannedRoute {
  operationId: string;
  tags?: string[];
  responses: Record<string, unknown>;
  security?: object[];
  [ROUTE_MARK]?: RouteMark;
}
interface FoundRoute {
  path: string;
  method: string;
  scanned: ScannedRoute;
  /** What the operation behind it declares; undefined for a route that has none. */
  address: Address | undefined;
}

const PARAMETERS = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      "Any text of the caller's choice. The same key with the same request gives the first answer again; with another request, 409.",
    schema: { type: 'string', minLength: 1, maxLength: 200 },
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'The ETag that the caller last saw; 412 if the row has moved on since.',
    schema: { type: 'string', examples: ['"3"'] },
  },
};

/**
 * The OpenAPI 3.1 document of the running application. Nest knows the routes; what they take and answer comes from the
 * classes of the operations behind them.
 */
export async function buildOpenApi(app: INestApplication, version: string): Promise<OpenAPIObject> {
  const swagger = await swaggerWithDocs();
  const info = documentInfo(swagger, version);
  const document = swagger.SwaggerModule.createDocument(app, info, { autoTagControllers: false });
  const catalog = new SchemaCatalog();
  const problems = new ProblemResponses(catalog.add('Problem', PROBLEM_SCHEMA));
  const routes = findRoutes(document, app.get(OperationRegistry));
  const versioned = new Set(routes.filter(({ address }) => address?.hasEtag).map(({ path }) => path));
  const ids = operationIds(routes);
  const paths: Record<string, Record<string, object>> = {};
  for (const found of routes) {
    const { path, method, scanned, address } = found;
    (paths[path] ??= {})[method] = address
      ? describeRoute(
          { ...address, template: path, operationId: ids.get(found)!, isVersioned: versioned.has(path) },
          catalog,
          problems,
        )
      : plainRoute(scanned, problems);
  }
  const used = JSON.stringify(paths);
  return {
    openapi: document.openapi,
    info: withoutEmpty(document.info),
    servers: document.servers ?? [],
    tags: describeTags(routes.flatMap(({ scanned }) => scanned.tags ?? [])),
    paths,
    components: {
      schemas: sortedByName({ ...document.components?.schemas, ...catalog.schemas }),
      responses: sortedByName(problems.responses),
      parameters: Object.fromEntries(
        Object.entries(PARAMETERS).filter(([name]) => used.includes(`#/components/parameters/${name}"`)),
      ),
      securitySchemes: document.components?.securitySchemes ?? {},
    },
  } as unknown as OpenAPIObject;
}

/** By path, then in the usual order of methods, whatever order the modules were loaded in. */
function findRoutes(document: OpenAPIObject, registry: OperationRegistry): FoundRoute[] {
  const paths = Object.entries(document.paths).sort(([a], [b]) => (a < b ? -1 : 1));
  return paths.flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => {
      const scanned = item[method] as unknown as ScannedRoute;
      const mark = scanned[ROUTE_MARK];
      const address = mark && addressesOf(registry.get(mark.operation)).find(({ isAlias }) => isAlias === mark.isAlias);
      return { path, method, scanned, address };
    }),
  );
}

/** The operation's name for its own address; `….alias`, `….alias2` and so on for others. */
function operationIds(routes: FoundRoute[]): Map<FoundRoute, string> {
  const ids = new Map<FoundRoute, string>();
  const taken = new Set<string>();
  const ownFirst = [...routes].sort(
    (a, b) => Number(a.address?.isAlias ?? false) - Number(b.address?.isAlias ?? false),
  );
  for (const route of ownFirst) {
    if (!route.address) continue;
    const { operation, isAlias } = route.address;
    let id = isAlias ? `${operation.name}.alias` : operation.name;
    for (let number = 2; taken.has(id); number++) id = `${operation.name}.alias${number}`;
    taken.add(id);
    ids.set(route, id);
  }
  return ids;
}

/**
 * A route that is no operation (health, metrics, the stream of events) documents its own answers; what any route can
 * answer is added, and what the guard can where it asks for credentials.
 */
function plainRoute(scanned: ScannedRoute, problems: ProblemResponses): object {
  const { [ROUTE_MARK]: _, ...route } = scanned;
  const isGuarded = (route.security ?? []).length > 0;
  const statuses = isGuarded ? [400, 401, 429, 431, 500, 503] : [431, 500];
  const responses = Object.fromEntries(statuses.map((status) => [status, problems.refer(status)]));
  return { security: [], ...route, responses: { ...responses, ...route.responses } };
}

function withoutEmpty<T extends object>(info: T): T {
  return Object.fromEntries(
    Object.entries(info).filter(([, value]) => value !== '' && Object.keys(Object(value)).length !== 0),
  ) as T;
}

function sortedByName<T>(entries: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}
