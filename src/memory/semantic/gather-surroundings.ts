import { type Direction, type Edge, type ReadEdges, byWeight, otherEnd } from './edge-reader.js';
import type { PathGraph } from './find-paths.js';

/** Entities of one step from which the next goes on: the strongest. */
const BREADTH = 48;
/** Edges read of each entity: the heaviest. */
export const FAN_OUT = 32;
/** An imported weight may be 0: no way leads along it. */
export const MIN_STEP_WEIGHT = 1e-9;
const COST_UNITS = 1e9;

export interface Surroundings {
  readonly graph: PathGraph;
  /** The heaviest triple of a step from one entity to another. */
  readonly stepBetween: (from: string, to: string) => Edge;
  /** Whether everything within reach is in it; if not, the strongest is. */
  readonly isComplete: boolean;
}

/** Both ends of the search: what leaves the first entity, what arrives at the last. */
export interface BothEnds {
  readonly from: string;
  readonly to: string;
  readonly maxHops: number;
  readonly direction: Direction;
  readonly readLeaving: ReadEdges;
  readonly readArriving: ReadEdges;
}

/**
 * The part of the graph in which paths between two entities are looked for: half of the hops from either end, so that
 * what has to be read grows with half of the length. The cost of a step is −ln(weight) in billionths: the cheapest
 * path has the greatest product of weights.
 */
export async function gatherSurroundings({
  from,
  to,
  maxHops,
  direction,
  readLeaving,
  readArriving,
}: BothEnds): Promise<Surroundings> {
  const steps = new Map<string, Map<string, Edge>>();
  const addStep = (start: string, end: string, edge: Edge): void => {
    const ends = steps.get(start) ?? new Map<string, Edge>();
    const known = ends.get(end);
    if (start !== end && (!known || byWeight(edge, known) < 0)) steps.set(start, ends.set(end, edge));
  };
  const addEdge = (edge: Edge): void => {
    if (direction !== 'in') addStep(edge.subject, edge.object, edge);
    if (direction !== 'out') addStep(edge.object, edge.subject, edge);
  };
  const isLeavingComplete = await spreadOut(from, Math.ceil(maxHops / 2), readLeaving, addEdge);
  const isArrivingComplete = await spreadOut(to, Math.floor(maxHops / 2), readArriving, addEdge);
  const graph = new Map(
    [...steps].map(([start, ends]) => [start, new Map([...ends].map(([end, edge]) => [end, costOf(edge)]))]),
  );
  return {
    graph,
    stepBetween: (start, end) => steps.get(start)!.get(end)!,
    isComplete: isLeavingComplete && isArrivingComplete,
  };
}

/** @returns whether nothing was cut off */
async function spreadOut(
  start: string,
  steps: number,
  readEdges: ReadEdges,
  addEdge: (edge: Edge) => void,
): Promise<boolean> {
  let isComplete = true;
  const visited = new Set([start]);
  let frontier = new Map([[start, 1]]);
  for (let step = 0; step < steps && frontier.size > 0; step++) {
    const from = [...frontier]
      .sort(([one, strength], [other, otherStrength]) => otherStrength - strength || (one < other ? -1 : 1))
      .slice(0, BREADTH);
    isComplete &&= from.length === frontier.size;
    const lists = await readEdges(from.map(([entity]) => ({ entity, minWeight: MIN_STEP_WEIGHT })));
    frontier = new Map();
    from.forEach(([entity, strength], index) => {
      const edges = lists[index]!;
      isComplete &&= edges.length < FAN_OUT;
      for (const edge of edges) {
        addEdge(edge);
        const end = otherEnd(edge, entity);
        if (!visited.has(end)) frontier.set(end, Math.max(frontier.get(end) ?? 0, strength * edge.weight));
      }
    });
    for (const entity of frontier.keys()) visited.add(entity);
  }
  return isComplete;
}

function costOf({ weight }: Edge): number {
  return 0 - Math.round(Math.log(weight) * COST_UNITS);
}
