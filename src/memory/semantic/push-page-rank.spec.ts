import { createRandom } from '../../config/index.js';
import { type Neighbour, pushPageRank } from './push-page-rank.js';

type Graph = ReadonlyMap<string, readonly Neighbour[]>;

const readerOf = (graph: Graph) => async (entities: readonly string[]) =>
  entities.map((entity) => graph.get(entity) ?? []);
const ALL = { alpha: 0.2, epsilon: 1e-5, mostNeighbours: 1, maxReads: Infinity };

function randomGraph(seed: number, size: number): Graph {
  const random = createRandom(`page rank ${seed}`);
  const graph = new Map<string, Neighbour[]>(Array.from({ length: size }, (_, index) => [`n${index}`, []]));
  // a few hubs draw most edges; some entities stay without any
  for (let edge = 0; edge < size * 3; edge++) {
    const [one, other] = [`n${Math.floor(size * random.next() ** 3)}`, `n${Math.floor(size * random.next() ** 2)}`];
    if (one === other) continue;
    const weight = 0.1 + 0.9 * random.next();
    graph.get(one)!.push({ entity: other, weight });
    graph.get(other)!.push({ entity: one, weight });
  }
  return graph;
}

/**
 * p = alpha · s + (1 − alpha) · p · W, repeated until it stands still; an entity without neighbours keeps what it
 * has.
 */
function powerIteration(graph: Graph, seeds: readonly string[], alpha: number): Map<string, number> {
  const start = new Map(seeds.map((seed) => [seed, 1 / seeds.length]));
  let rank = new Map(start);
  for (let step = 0; step < 400; step++) {
    const next = new Map([...start].map(([entity, mass]) => [entity, alpha * mass]));
    for (const [entity, mass] of rank) {
      const list = graph.get(entity)!;
      const total = list.reduce((sum, { weight }) => sum + weight, 0);
      const out = list.length > 0 ? list : [{ entity, weight: 1 }];
      for (const { entity: to, weight } of out)
        next.set(to, (next.get(to) ?? 0) + ((1 - alpha) * mass * weight) / (total || 1));
    }
    rank = next;
  }
  return rank;
}

describe('pushPageRank', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'comes as near to power iteration as it says, on random graph %d',
    async (seed) => {
      const graph = randomGraph(seed, 60);
      const seeds = ['n0', 'n7', 'n31'].slice(0, 1 + (seed % 3));
      for (const epsilon of [1e-2, 1e-3, 1e-5]) {
        const { scores, residual } = await pushPageRank(seeds, readerOf(graph), { ...ALL, epsilon });
        const exact = powerIteration(graph, seeds, ALL.alpha);
        let missing = 0;
        for (const [entity, rank] of exact) {
          const short = rank - (scores.get(entity) ?? 0);
          expect(short).toBeGreaterThanOrEqual(-1e-12);
          missing += short;
        }
        expect(missing).toBeCloseTo(residual, 9);
        const degrees = [...graph.values()].reduce((sum, list) => sum + Math.max(1, list.length), 0);
        expect(residual).toBeLessThanOrEqual(epsilon * degrees);
      }
    },
  );

  it('ranks what lies between several seeds over what lies near one', async () => {
    const graph = new Map<string, Neighbour[]>();
    const link = (one: string, other: string): void => {
      for (const [from, to] of [
        [one, other],
        [other, one],
      ] as const)
        graph.set(from, [...(graph.get(from) ?? []), { entity: to, weight: 1 }]);
    };
    for (const [one, other] of [
      ['a', 'middle'],
      ['b', 'middle'],
      ['a', 'aside'],
      ['b', 'beside'],
    ] as const)
      link(one, other);
    const { scores } = await pushPageRank(['a', 'b'], readerOf(graph), ALL);
    expect(scores.get('middle')).toBeGreaterThan(scores.get('aside')!);
    expect(scores.get('aside')).toBeCloseTo(scores.get('beside')!, 12);
  });

  it('leaves all with a seed that has no neighbours', async () => {
    expect(await pushPageRank(['alone'], readerOf(new Map()), ALL)).toEqual({
      scores: new Map([['alone', 1]]),
      residual: 0,
      reads: 1,
    });
  });

  it('asks for no more entities than it may, each once, and says what it left', async () => {
    const graph = randomGraph(5, 200);
    const asked: string[] = [];
    const counting = async (entities: readonly string[]) => (
      asked.push(...entities),
      entities.map((entity) => graph.get(entity)!)
    );
    const { scores, residual, reads } = await pushPageRank(['n0', 'n3'], counting, { ...ALL, maxReads: 10 });
    expect(reads).toBe(10);
    expect(new Set(asked).size).toBe(asked.length);
    expect([...scores.values()].reduce((sum, score) => sum + score, 0) + residual).toBeCloseTo(1, 9);
  });

  it('stays within the edges that the paper promises', async () => {
    const graph = randomGraph(9, 300);
    let edges = 0;
    const counting = async (entities: readonly string[]) =>
      entities.map((entity) => ((edges += graph.get(entity)!.length), graph.get(entity)!));
    const choice = { ...ALL, epsilon: 1e-3 };
    await pushPageRank(['n0'], counting, choice);
    expect(edges).toBeGreaterThan(0);
    expect(edges).toBeLessThanOrEqual(1 / (choice.alpha * choice.epsilon));
  });

  it.each([[{ alpha: 0 }], [{ alpha: 1 }], [{ epsilon: 0 }]])('refuses %j', async (wrong) => {
    await expect(pushPageRank(['a'], readerOf(new Map()), { ...ALL, ...wrong })).rejects.toThrow(RangeError);
  });
});
