/**
 * Per entity its neighbours, each with the cost of going there: whole numbers >= 0, so that sums are exact and ties
 * the same everywhere.
 */
export type PathGraph = ReadonlyMap<string, ReadonlyMap<string, number>>;

export interface FoundPath {
  readonly cost: number;
  /** From the first entity to the last, each at most once. */
  readonly entities: readonly string[];
}

export interface PathChoice {
  /** How many paths, >= 1. */
  readonly k: number;
  /** The longest path, in edges. */
  readonly maxHops: number;
}

/** A walk under way, kept as a chain back to its beginning. */
interface Walk {
  readonly entity: string;
  readonly cost: number;
  readonly hops: number;
  readonly before: Walk | undefined;
}

/** What is still to come at least, from an entity to the target. */
interface Remaining {
  readonly cost: ReadonlyMap<string, number>;
  readonly hops: ReadonlyMap<string, number>;
}

interface Spur {
  readonly root: readonly string[];
  readonly bannedNext: ReadonlySet<string>;
  readonly maxHops: number;
  /** A path that costs more is of no use. */
  readonly maxCost: number;
}

/**
 * The k cheapest paths without a repeated entity, cheapest first; of equal cost the one with fewer edges, then the
 * one whose names come first. J. Y. Yen, "Finding the K Shortest Loopless Paths in a Network", Management Science 17
 * (1971): each next path leaves an earlier one at some entity by an edge that no earlier path took from there.
 * @returns fewer than k where there are no more
 */
export function findPaths(graph: PathGraph, from: string, to: string, { k, maxHops }: PathChoice): FoundPath[] {
  if (from === to) return [];
  const remaining = remainingTo(graph, to);
  const paths: FoundPath[] = [];
  const candidates = new Map<string, FoundPath>();
  const offer = (path: FoundPath | undefined): void => void (path && candidates.set(path.entities.join('\0'), path));
  offer(cheapestPath(graph, to, remaining, { root: [from], bannedNext: new Set(), maxHops, maxCost: Infinity }));
  while (candidates.size > 0) {
    const [key, best] = [...candidates].reduce((one, other) => (comparePaths(other[1], one[1]) < 0 ? other : one));
    candidates.delete(key);
    paths.push(best);
    if (paths.length === k) break;
    for (let spur = 0; spur < best.entities.length - 1; spur++) {
      const root = best.entities.slice(0, spur + 1);
      const taken = paths.filter(({ entities }) => root.every((entity, index) => entities[index] === entity));
      const bannedNext = new Set(taken.map(({ entities }) => entities[spur + 1]!));
      offer(
        cheapestPath(graph, to, remaining, {
          root,
          bannedNext,
          maxHops,
          maxCost: costToBeat(candidates, k - paths.length),
        }),
      );
    }
  }
  return paths;
}

/** With as many candidates as are still needed, a new one must not cost more than the last of them. */
function costToBeat(candidates: ReadonlyMap<string, FoundPath>, needed: number): number {
  if (candidates.size < needed) return Infinity;
  return [...candidates.values()].map(({ cost }) => cost).sort((one, other) => one - other)[needed - 1]!;
}

/**
 * Dijkstra over entities and edge counts: a dearer walk with fewer edges may be the one that still gets there within
 * the limit.
 */
function cheapestPath(
  graph: PathGraph,
  to: string,
  remaining: Remaining,
  { root, bannedNext, maxHops, maxCost }: Spur,
): FoundPath | undefined {
  const closed = new Set(root);
  const fewestHops = new Map<string, number>();
  const heap = new WalkHeap();
  let walk: Walk | undefined = rootWalk(graph, root);
  for (; walk; walk = heap.pop()) {
    const { entity, cost, hops } = walk;
    if (entity === to) return { cost, entities: entitiesOf(walk) };
    if (hops >= (fewestHops.get(entity) ?? Infinity)) continue;
    fewestHops.set(entity, hops);
    const isSpur = hops === root.length - 1;
    for (const [next, stepCost] of graph.get(entity) ?? []) {
      if (closed.has(next) || (isSpur && bannedNext.has(next))) continue;
      const step: Walk = { entity: next, cost: cost + stepCost, hops: hops + 1, before: walk };
      const canArrive =
        step.hops + (remaining.hops.get(next) ?? Infinity) <= maxHops &&
        step.cost + remaining.cost.get(next)! <= maxCost;
      if (canArrive) heap.push(step);
    }
  }
  return undefined;
}

function rootWalk(graph: PathGraph, root: readonly string[]): Walk {
  let walk: Walk = { entity: root[0]!, cost: 0, hops: 0, before: undefined };
  for (const entity of root.slice(1)) {
    walk = { entity, cost: walk.cost + graph.get(walk.entity)!.get(entity)!, hops: walk.hops + 1, before: walk };
  }
  return walk;
}

/** The least cost and the fewest edges from each entity to the target, each by itself. */
function remainingTo(graph: PathGraph, to: string): Remaining {
  const reversed = new Map<string, [string, number][]>();
  for (const [entity, neighbours] of graph) {
    for (const [next, cost] of neighbours) {
      const back = reversed.get(next);
      if (back) back.push([entity, cost]);
      else reversed.set(next, [[entity, cost]]);
    }
  }
  const least = (stepCost: (cost: number) => number): Map<string, number> => {
    const costs = new Map<string, number>();
    const heap = new WalkHeap();
    let walk: Walk | undefined = { entity: to, cost: 0, hops: 0, before: undefined };
    for (; walk; walk = heap.pop()) {
      if (costs.has(walk.entity)) continue;
      costs.set(walk.entity, walk.cost);
      for (const [next, cost] of reversed.get(walk.entity) ?? []) {
        if (!costs.has(next)) heap.push({ entity: next, cost: walk.cost + stepCost(cost), hops: 0, before: undefined });
      }
    }
    return costs;
  };
  return { cost: least((cost) => cost), hops: least(() => 1) };
}

function comparePaths(one: FoundPath, other: FoundPath): number {
  return (
    one.cost - other.cost || one.entities.length - other.entities.length || compareNames(one.entities, other.entities)
  );
}

function compareWalks(one: Walk, other: Walk): number {
  return one.cost - other.cost || one.hops - other.hops || compareNames(entitiesOf(one), entitiesOf(other));
}

function compareNames(one: readonly string[], other: readonly string[]): number {
  const differing = one.findIndex((name, index) => name !== other[index]);
  return differing === -1 ? 0 : one[differing]! < other[differing]! ? -1 : 1;
}

function entitiesOf(walk: Walk): string[] {
  const entities: string[] = [];
  for (let at: Walk | undefined = walk; at; at = at.before) entities.push(at.entity);
  return entities.reverse();
}

/** A binary heap, the least walk on top. */
class WalkHeap {
  private readonly walks: Walk[] = [];

  push(walk: Walk): void {
    const { walks } = this;
    let place = walks.push(walk) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (compareWalks(walks[parent]!, walk) <= 0) break;
      walks[place] = walks[parent]!;
      place = parent;
    }
    walks[place] = walk;
  }

  pop(): Walk | undefined {
    const { walks } = this;
    const top = walks[0];
    const last = walks.pop();
    if (walks.length === 0 || !last) return top;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= walks.length) break;
      if (child + 1 < walks.length && compareWalks(walks[child + 1]!, walks[child]!) < 0) child++;
      if (compareWalks(walks[child]!, last) >= 0) break;
      walks[place] = walks[child]!;
      place = child;
    }
    walks[place] = last;
    return top;
  }
}
