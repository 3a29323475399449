import { type Edge, type ReadEdges, otherEnd } from './edge-reader.js';

/** Entities of one hop from which the next goes on: the strongest. */
export const BREADTH = 32;
/** Edges of an entity that are read first, where most of them will not be strong enough. */
const FEW = 6;
export interface FollowedEdge extends Edge {
  /** 1 for the edges of the starting entity. */
  readonly hop: number;
  /** The product of the weights on the strongest way to it, its own included. */
  readonly strength: number;
}

export interface HopsChoice {
  readonly start: string;
  readonly hops: number;
  readonly limit: number;
  readonly readsTogether: boolean;
}

/**
 * The strongest edges of each hop around an entity, nearer hops first. Exact for the first hop; the later ones go on
 * from the `BREADTH` strongest entities of the hop before. Weights are at most 1, so an edge that is lighter than
 * what is needed to enter the strongest `limit` need not be read, nor what lies behind it.
 * @param readEdges gives at least `max(limit, BREADTH)` edges of an entity where there are so many, the heaviest first
 * @param readsTogether whether reading several entities at once costs less than one after the other
 */
export async function followHops(
  readEdges: ReadEdges,
  { start, hops, limit, readsTogether }: HopsChoice,
): Promise<FollowedEdge[]> {
  const found: FollowedEdge[] = [];
  /** How many hops away each entity is. */
  const distances = new Map([[start, 0]]);
  let frontier = new Map([[start, 1]]);
  for (let hop = 1; hop <= hops && frontier.size > 0; hop++) {
    const hopEdges = new Map<string, EdgeOfHop>();
    const isLast = hop === hops;
    const strongest = new Strongest(isLast ? limit : Math.max(limit, BREADTH));
    const reached = new Map<string, number>();
    const from = [...frontier].sort(byStrength).slice(0, BREADTH);
    const take = (entity: string, strength: number, edges: readonly Edge[]): void => {
      for (const edge of edges) {
        const along = strength * edge.weight;
        if (along < strongest.least) break;
        const end = otherEnd(edge, entity);
        const known = hopEdges.get(edge.triple_id);
        // an edge back belongs to the hop before, whether it was strong enough to be shown there or not
        if ((distances.get(end) ?? hop) < hop - 1 || (known && known.strength >= along)) continue;
        if (known) known.strength = along;
        else {
          hopEdges.set(edge.triple_id, { edge, strength: along });
          strongest.add(along);
        }
        if (!isLast && !distances.has(end) && along > (reached.get(end) ?? 0)) reached.set(end, along);
      }
    };
    // what the first ones show narrows what is read of the others, so they are asked singly, or 1, 1, 2, 4, 8, 16 at
    // a time
    for (let first = 0, next = 1; first < from.length; [first, next] = [next, readsTogether ? 2 * next : next + 1]) {
      const asked = from.slice(first, next).filter(([, strength]) => strength >= strongest.least);
      // the further an entity is from the first, the fewer of its edges are strong enough: the rest is not read
      const isFew = !readsTogether && strongest.isFull;
      const wanted = asked.map(([entity, strength]) => ({ entity, minWeight: strongest.least / strength }));
      const lists = await readEdges(wanted, isFew ? FEW : undefined);
      for (const [index, [entity, strength]] of asked.entries()) {
        take(entity, strength, lists[index]!);
        const last = lists[index]!.at(-1);
        if (!isFew || lists[index]!.length < FEW || strength * last!.weight < strongest.least) continue;
        const [all] = await readEdges([{ entity, minWeight: strongest.least / strength }]);
        take(entity, strength, all!);
      }
    }
    const shown = [...hopEdges.values()].filter(({ strength }) => strength >= strongest.least);
    for (const { edge, strength } of shown.sort(byStrengthOfEdge).slice(0, limit))
      found.push({ ...edge, hop, strength });
    for (const entity of reached.keys()) distances.set(entity, hop);
    frontier = reached;
  }
  return found;
}

/** Keeps the `size` greatest of the numbers that it is given. */
class Strongest {
  private readonly ascending: number[] = [];

  constructor(private readonly size: number) {}

  get isFull(): boolean {
    return this.ascending.length >= this.size;
  }

  /** What a number must reach to be among them. */
  get least(): number {
    return this.ascending.length < this.size ? 0 : this.ascending[0]!;
  }

  add(value: number): void {
    if (this.ascending.length >= this.size) {
      if (value <= this.ascending[0]!) return;
      this.ascending.shift();
    }
    let [low, high] = [0, this.ascending.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ascending[middle]! < value) low = middle + 1;
      else high = middle;
    }
    this.ascending.splice(low, 0, value);
  }
}

function byStrength([one, strength]: [string, number], [other, otherStrength]: [string, number]): number {
  return otherStrength - strength || (one < other ? -1 : 1);
}

interface EdgeOfHop {
  readonly edge: Edge;
  strength: number;
}

function byStrengthOfEdge(one: EdgeOfHop, other: EdgeOfHop): number {
  return other.strength - one.strength || (one.edge.triple_id < other.edge.triple_id ? 1 : -1);
}
