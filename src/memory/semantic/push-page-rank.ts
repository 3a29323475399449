export interface Neighbour {
  readonly entity: string;
  /** > 0; the walk goes along in proportion to it. */
  readonly weight: number;
}

/** The neighbours of entities, in the entities' order; for the same entity always the same. */
export type ReadNeighbours = (entities: readonly string[]) => Promise<readonly (readonly Neighbour[])[]>;

export interface PageRankChoice {
  /** The chance to jump back to a seed at each step, between 0 and 1. */
  readonly alpha: number;
  /** An entity passes on what it holds once that is at least this times the number of its neighbours. */
  readonly epsilon: number;
  /** How many neighbours an entity is taken to have until it has been asked. */
  readonly mostNeighbours: number;
  /** At most so many entities are asked for their neighbours. */
  readonly maxReads: number;
}

export interface PageRank {
  /** Scores of the entities that were reached; with `residual` they add up to 1. */
  readonly scores: ReadonlyMap<string, number>;
  /** What was not spread to the end. Each score is too low by at most this, and all together by exactly this. */
  readonly residual: number;
  readonly reads: number;
}

/**
 * Personalised PageRank of several seeds by forward push (R. Andersen, F. Chung, K. Lang, "Local Graph Partitioning
 * using PageRank Vectors", FOCS 2006): an entity keeps a share alpha of the mass that waits at it and sends the rest
 * on to its neighbours. The mass starts evenly at the seeds. Where there is no neighbour, all stays. Work is at most
 * 1 / (alpha · epsilon) edges.
 */
export async function pushPageRank(
  seeds: readonly string[],
  readNeighbours: ReadNeighbours,
  choice: PageRankChoice,
): Promise<PageRank> {
  const { alpha, epsilon, mostNeighbours, maxReads } = choice;
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must be between 0 and 1, got ${alpha}`);
  if (!(epsilon > 0)) throw new RangeError(`epsilon must be above 0, got ${epsilon}`);
  const distinct = [...new Set(seeds)];
  const scores = new Map<string, number>();
  const waiting = new Map(distinct.map((seed) => [seed, 1 / distinct.length]));
  const neighbours = new Map<string, readonly Neighbour[]>();
  const isDue = (entity: string, mass: number): boolean =>
    mass >= epsilon * Math.max(1, neighbours.get(entity)?.length ?? mostNeighbours);

  for (;;) {
    const due = [...waiting].filter(([entity, mass]) => isDue(entity, mass));
    const unread = due
      .filter(([entity]) => !neighbours.has(entity))
      .sort(byMass)
      .slice(0, maxReads - neighbours.size)
      .map(([entity]) => entity);
    if (unread.length > 0)
      (await readNeighbours(unread)).forEach((list, index) => neighbours.set(unread[index]!, list));
    const ready = due
      .map(([entity]) => entity)
      .filter((entity) => neighbours.has(entity) && isDue(entity, waiting.get(entity)!));
    if (ready.length === 0 && unread.length === 0) break;
    for (const entity of ready) push(entity, neighbours.get(entity)!);
  }
  return { scores, residual: [...waiting.values()].reduce((sum, mass) => sum + mass, 0), reads: neighbours.size };

  function push(entity: string, list: readonly Neighbour[]): void {
    const mass = waiting.get(entity)!;
    waiting.delete(entity);
    const kept = list.length === 0 ? mass : alpha * mass;
    scores.set(entity, (scores.get(entity) ?? 0) + kept);
    const total = list.reduce((sum, { weight }) => sum + weight, 0);
    for (const { entity: next, weight } of list)
      waiting.set(next, (waiting.get(next) ?? 0) + ((mass - kept) * weight) / total);
  }
}

function byMass([one, mass]: [string, number], [other, otherMass]: [string, number]): number {
  return otherMass - mass || (one < other ? -1 : 1);
}
