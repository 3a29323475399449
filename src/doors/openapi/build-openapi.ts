import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { PUBLIC } from '../../auth/index.js';
import { OperationRegistry, REST_ROUTE, type RestChoice } from '../../operations/index.js';
import { type RestRoute, describeRoute } from './describe-route.js';
import { describeTags, documentInfo } from './document-info.js';
import { PROBLEM_SCHEMA, ProblemResponses } from './problem-responses.js';
import { SchemaCatalog } from './schema-catalog.js';

const EXTENSION = 'x-herald-route';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

type RouteChoice = RestChoice & { operation: string };
interface ScannedRoute {
  operationId: string;
  tags?: string[];
  responses: Record<string, unknown>;
  [EXTENSION]?: RouteChoice;
}
interface FoundRoute {
  path: string;
  method: string;
  scanned: ScannedRoute;
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
export function buildOpenApi(app: INestApplication, version: string): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, documentInfo(version));
  const catalog = new SchemaCatalog();
  const problems = new ProblemResponses(catalog.add('Problem', PROBLEM_SCHEMA));
  const routes = findRoutes(document);
  const toRestRoute = restRoutes(app, routes);
  const paths: Record<string, Record<string, object>> = {};
  for (const found of routes) {
    const { path, method, scanned } = found;
    const route = toRestRoute(found);
    (paths[path] ??= {})[method] = route ? describeRoute(route, catalog, problems) : plainRoute(scanned, problems);
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
function findRoutes(document: OpenAPIObject): FoundRoute[] {
  const paths = Object.entries(document.paths).sort(([a], [b]) => (a < b ? -1 : 1));
  return paths.flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      path,
      method,
      scanned: item[method] as unknown as ScannedRoute,
    })),
  );
}

/** Turns what was scanned into the route of an operation; undefined for routes that have none. */
function restRoutes(app: INestApplication, routes: FoundRoute[]): (found: FoundRoute) => RestRoute | undefined {
  const registry = app.get(OperationRegistry);
  const publicOperations = findPublicOperations(app);
  const versioned = new Set(routes.filter(({ scanned }) => scanned[EXTENSION]?.hasEtag).map(({ path }) => path));
  const ids = operationIds(routes);
  return (found) => {
    const { path, method, scanned } = found;
    const choice = scanned[EXTENSION];
    if (!choice) return undefined;
    const { operation, ...rest } = choice;
    return {
      ...rest,
      method,
      path,
      operation: registry.get(operation),
      operationId: ids.get(found)!,
      tags: scanned.tags ?? [],
      isPublic: publicOperations.has(operation),
      isVersioned: versioned.has(path),
      successStatus: Number(Object.keys(scanned.responses).find((status) => status.startsWith('2')) ?? 200),
    };
  };
}

/** The operation's name for its own address; `….alias`, `….alias2` and so on for others. */
function operationIds(routes: FoundRoute[]): Map<FoundRoute, string> {
  const ids = new Map<FoundRoute, string>();
  const taken = new Set<string>();
  const ownFirst = [...routes].sort(
    (a, b) => Number(a.scanned[EXTENSION]?.isAlias ?? false) - Number(b.scanned[EXTENSION]?.isAlias ?? false),
  );
  for (const route of ownFirst) {
    const choice = route.scanned[EXTENSION];
    if (!choice) continue;
    let id = choice.isAlias ? `${choice.operation}.alias` : choice.operation;
    for (let number = 2; taken.has(id); number++) id = `${choice.operation}.alias${number}`;
    taken.add(id);
    ids.set(route, id);
  }
  return ids;
}

function findPublicOperations(app: INestApplication): Set<string> {
  const [discovery, scanner, reflector] = [
    app.get(DiscoveryService, { strict: false }),
    new MetadataScanner(),
    new Reflector(),
  ];
  const found = new Set<string>();
  for (const { instance, metatype } of discovery.getControllers()) {
    if (!instance || !metatype) continue;
    const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
    for (const method of scanner.getAllMethodNames(prototype)) {
      const route = reflector.get<RouteChoice | undefined>(REST_ROUTE, prototype[method]!);
      if (route && reflector.getAllAndOverride<boolean>(PUBLIC, [prototype[method]!, metatype]))
        found.add(route.operation);
    }
  }
  return found;
}

/** A route that is no operation (health, metrics) documents its own answers; what any route can answer is added. */
function plainRoute(scanned: ScannedRoute, problems: ProblemResponses): object {
  const { [EXTENSION]: _, ...route } = scanned;
  const responses = Object.fromEntries([431, 500].map((status) => [status, problems.refer(status)]));
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
