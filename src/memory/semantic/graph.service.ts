import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import { invalid, invalidFields } from '../../errors/index.js';
import { Operation, type QueryContext } from '../../operations/index.js';
import type { Direction, Edge } from './edge-reader.js';
import { GraphWalks } from './graph-walks.js';
import {
  DEFAULT_MAX_HOPS,
  DEFAULT_PATHS,
  DEFAULT_TRIPLES,
  FindPathsRequest,
  FindPathsResponse,
  type GraphTripleResponse,
  SearchGraphRequest,
  SearchGraphResponse,
  toGraphTriple,
} from './graph.dto.js';
import type { SemanticTriple } from './semantic.entities.js';
import { SemanticStore } from './semantic.store.js';

interface Found {
  readonly triple: SemanticTriple;
  readonly hop: number | null;
  readonly strength: number;
}

const ORIGINS_SHOWN = 20;
const FILTERS = ['entity', 'subject', 'predicate', 'object', 'prefix'] as const;

/** Asking the knowledge graph. */
@Injectable()
export class GraphService {
  constructor(
    private readonly database: Database,
    private readonly store: SemanticStore,
    private readonly walks: GraphWalks,
  ) {}

  @Operation({
    name: 'graph.search',
    permission: 'memory:rw',
    kind: 'query',
    request: SearchGraphRequest,
    response: SearchGraphResponse,
    summary:
      'Triples by subject, predicate, object or beginning, up to three hops around an entity, or ranked around several',
    rest: { route: 'GET /api/v1/graph/search', tag: 'memory' },
    aliases: { rpc: 'searchGraph' },
    resource: 'kg://graph',
  })
  async search(request: SearchGraphRequest, { now }: Pick<QueryContext, 'now'>): Promise<SearchGraphResponse> {
    checkSearch(request);
    const { entities, at = now, limit = DEFAULT_TRIPLES } = request;
    if (entities) {
      const { ranking, edges, residual } = await this.walks.spread(this.database, { entities, at, limit });
      return { triples: await this.show(await this.load(edges), request), ranking: [...ranking], residual };
    }
    return { triples: await this.show(await this.find(request, at, limit), request), ranking: [], residual: null };
  }

  @Operation({
    name: 'graph.paths',
    permission: 'memory:rw',
    kind: 'query',
    request: FindPathsRequest,
    response: FindPathsResponse,
    summary: 'The strongest paths from one entity to another',
    rest: { route: 'GET /api/v1/graph/paths', tag: 'memory' },
    resource: 'kg://graph',
  })
  async paths(request: FindPathsRequest, { now }: Pick<QueryContext, 'now'>): Promise<FindPathsResponse> {
    const { from, to, k = DEFAULT_PATHS, max_hops: maxHops = DEFAULT_MAX_HOPS, direction = 'both', at = now } = request;
    if (from === to) throw invalid('to', 'must be another entity than from');
    const { paths, isComplete } = await this.walks.paths(this.database, { from, to, direction, k, maxHops, at });
    const edges = paths.flatMap(({ steps }) => steps);
    const triples = await this.respond(
      (await this.load(edges.map((edge) => ({ ...edge, strength: edge.weight })))).map(({ triple }) => triple),
      request,
    );
    // a triple may have been removed since
    const whole = paths.filter(({ steps }) => steps.every(({ triple_id }) => triples.has(triple_id)));
    return {
      is_complete: isComplete,
      paths: whole.map(({ strength, steps }) => {
        const entities = [from];
        const shown = steps.map(({ triple_id, subject, object }) => {
          const isReversed = subject !== entities.at(-1);
          entities.push(isReversed ? subject : object);
          return { ...triples.get(triple_id)!, is_reversed: isReversed };
        });
        return { strength, entities, steps: shown };
      }),
    };
  }

  private async find(
    { entity, subject, predicate, object, prefix, hops = 1 }: SearchGraphRequest,
    at: string,
    limit: number,
  ): Promise<Found[]> {
    if (hops > 1) {
      const [start, direction] = (entity ? [entity, 'both'] : subject ? [subject, 'out'] : [object!, 'in']) as [
        string,
        Direction,
      ];
      return this.load(await this.walks.hops(this.database, { start, direction, predicate, hops, at, limit }));
    }
    const rows =
      prefix !== undefined
        ? this.store.searchPrefix(this.database, prefix, { predicate, at, limit })
        : entity !== undefined
          ? this.store.neighbours(this.database, entity, { predicate, at, limit })
          : this.store.search(this.database, { subject, predicate, object, at, limit });
    return (await rows).map((triple) => ({ triple, hop: 1, strength: triple.weight }));
  }

  /** The whole rows of edges; one that has been removed since is left out. */
  private async load(
    edges: readonly (Pick<Edge, 'triple_id' | 'row_number'> & { hop?: number; strength: number })[],
  ): Promise<Found[]> {
    const rows = await this.store.byEdges(this.database, edges);
    return edges.flatMap(({ triple_id, hop = null, strength }) => {
      const triple = rows.get(triple_id);
      return triple ? [{ triple, hop, strength }] : [];
    });
  }

  private async show(found: readonly Found[], request: { with_provenance?: boolean }) {
    const triples = await this.respond(
      found.map(({ triple }) => triple),
      request,
    );
    return found.map(({ triple, hop, strength }) => ({ ...triples.get(triple.triple_id)!, hop, strength }));
  }

  private async respond(
    rows: readonly SemanticTriple[],
    request: { with_provenance?: boolean },
  ): Promise<Map<string, GraphTripleResponse>> {
    const ids = rows.map(({ triple_id }) => triple_id);
    const origins = request.with_provenance
      ? await this.store.provenanceOf(this.database, ids, ORIGINS_SHOWN)
      : undefined;
    return new Map(
      rows.map((row) => [row.triple_id, toGraphTriple(row, origins && (origins.get(row.triple_id) ?? []))]),
    );
  }
}

/** @throws AppError invalid for fields that do not go together, or when nothing is asked */
function checkSearch(request: SearchGraphRequest): void {
  const given = FILTERS.filter((name) => request[name] !== undefined);
  const refuse = (names: readonly string[], reason: string): void => {
    if (names.length > 0) throw invalidFields(names.map((path) => ({ path, reason })));
  };
  if (request.entities) {
    refuse([...given, ...(request.hops === undefined ? [] : ['hops'])], 'does not go with entities');
    return;
  }
  if (given.length === 0) throw invalid('entities', `give this, or at least one of ${FILTERS.join(', ')}`);
  if (request.prefix !== undefined)
    refuse(
      given.filter((name) => name !== 'prefix' && name !== 'predicate'),
      'does not go with prefix',
    );
  if (request.entity !== undefined)
    refuse(
      given.filter((name) => name === 'subject' || name === 'object'),
      'does not go with entity',
    );
  const starts = given.filter((name) => name === 'entity' || name === 'subject' || name === 'object');
  if ((request.hops ?? 1) > 1 && starts.length !== 1)
    throw invalid('hops', 'more than one hop begins at one of entity, subject, object');
}
