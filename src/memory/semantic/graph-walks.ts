import { Injectable } from '@nestjs/common';
import { Database, type Reader } from '../../database/index.js';
import { type Direction, type Edge, type EdgeQuery, edgeReader, otherEnd } from './edge-reader.js';
import { findPaths } from './find-paths.js';
import { BREADTH, type FollowedEdge, followHops } from './follow-hops.js';
import { FAN_OUT, MIN_STEP_WEIGHT, gatherSurroundings } from './gather-surroundings.js';
import { pushPageRank } from './push-page-rank.js';

export interface HopsQuery {
  readonly start: string;
  readonly direction: Direction;
  /** Followed at every hop. */
  readonly predicate?: string;
  readonly hops: number;
  readonly at: string;
  /** At most so many edges of each hop. */
  readonly limit: number;
}

export interface PathsQuery {
  readonly from: string;
  readonly to: string;
  readonly direction: Direction;
  readonly k: number;
  readonly maxHops: number;
  readonly at: string;
}

export interface GraphPath {
  /** The product of the weights. */
  readonly strength: number;
  readonly steps: readonly Edge[];
}

export interface Paths {
  readonly paths: readonly GraphPath[];
  /** False when there was more within reach than was looked at: then there may be other paths, over weaker triples. */
  readonly isComplete: boolean;
}

export interface SpreadQuery {
  readonly entities: readonly string[];
  readonly at: string;
  /** At most so many entities, and so many edges between them. */
  readonly limit: number;
}

export interface RankedEdge extends Edge {
  /** The scores of both ends together, times the weight. */
  readonly strength: number;
}

export interface Spread {
  readonly ranking: readonly { readonly entity: string; readonly score: number }[];
  /** Edges between entities of the ranking, those between the highest first. */
  readonly edges: readonly RankedEdge[];
  /** How much the scores of all entities together are too low. */
  readonly residual: number;
}

/**
 * Each step returns to the given entities with this chance: near things count most, and three steps away still
 * something.
 */
const ALPHA = 0.2;
const EPSILON = 1e-4;
const SPREAD_FAN_OUT = 32;
const SPREAD_READS = 128;

/**
 * Walking the knowledge graph, along triples that hold at a moment. An entity that is not known has no way out and
 * gives an empty answer.
 */
@Injectable()
export class GraphWalks {
  constructor(private readonly database: Database) {}

  /** The strongest edges of each hop around an entity. */
  hops(reader: Reader, { start, hops, limit, ...query }: HopsQuery): Promise<FollowedEdge[]> {
    return followHops(this.edges(reader, { ...query, limit: Math.max(limit, BREADTH) }), {
      start,
      hops,
      limit,
      readsTogether: this.database.dialect === 'postgres',
    });
  }

  /** The k strongest ways from one entity to another that visit no entity twice. */
  async paths(reader: Reader, { from, to, direction, k, maxHops, at }: PathsQuery): Promise<Paths> {
    const backwards = ({ out: 'in', in: 'out', both: 'both' } as const)[direction];
    const { graph, stepBetween, isComplete } = await gatherSurroundings({
      from,
      to,
      maxHops,
      direction,
      readLeaving: this.edges(reader, { direction, at, limit: FAN_OUT }),
      readArriving: this.edges(reader, { direction: backwards, at, limit: FAN_OUT }),
    });
    const paths = findPaths(graph, from, to, { k, maxHops }).map(({ entities }): GraphPath => {
      const steps = entities.slice(1).map((entity, index) => stepBetween(entities[index]!, entity));
      return { steps, strength: steps.reduce((product, { weight }) => product * weight, 1) };
    });
    return { paths, isComplete };
  }

  /**
   * The entities nearest to several ones, by personalised PageRank over the heaviest 32 edges of each entity, taken
   * both ways. Entities with no edge are left out: nothing is known of them.
   */
  async spread(reader: Reader, { entities, at, limit }: SpreadQuery): Promise<Spread> {
    const readEdges = this.edges(reader, { direction: 'both', at, limit: SPREAD_FAN_OUT });
    const edges = new Map<string, Edge>();
    const readNeighbours = async (asked: readonly string[]) => {
      const lists = await readEdges(asked.map((entity) => ({ entity, minWeight: MIN_STEP_WEIGHT })));
      for (const edge of lists.flat()) edges.set(edge.triple_id, edge);
      return lists.map((list, index) =>
        list.map((edge) => ({ entity: otherEnd(edge, asked[index]!), weight: edge.weight })),
      );
    };
    const limits = { alpha: ALPHA, epsilon: EPSILON, mostNeighbours: SPREAD_FAN_OUT, maxReads: SPREAD_READS };
    const { scores, residual } = await pushPageRank(entities, readNeighbours, limits);
    const known = new Set([...edges.values()].flatMap(({ subject, object }) => [subject, object]));
    const ranking = [...scores]
      .filter(([entity]) => known.has(entity))
      .map(([entity, score]) => ({ entity, score }))
      .sort((one, other) => other.score - one.score || (one.entity < other.entity ? -1 : 1))
      .slice(0, limit);
    const rank = new Map(ranking.map(({ entity, score }) => [entity, score]));
    const between = [...edges.values()]
      .filter(({ subject, object }) => rank.has(subject) && rank.has(object))
      .map((edge) => ({ ...edge, strength: (rank.get(edge.subject)! + rank.get(edge.object)!) * edge.weight }))
      .sort((one, other) => other.strength - one.strength || (one.triple_id < other.triple_id ? 1 : -1))
      .slice(0, limit);
    return { ranking, edges: between, residual };
  }

  private edges(reader: Reader, query: EdgeQuery) {
    return edgeReader(reader, this.database.dialect, query);
  }
}
