import { createRandom } from '../../config/index.js';
import { type FoundPath, type PathGraph, findPaths } from './find-paths.js';

const graphOf = (edges: readonly (readonly [string, string, number])[]): PathGraph => {
  const graph = new Map<string, Map<string, number>>();
  for (const [from, to, cost] of edges) graph.set(from, (graph.get(from) ?? new Map<string, number>()).set(to, cost));
  return graph;
};

/** Every loopless path, by trying them all. */
function allPaths(graph: PathGraph, from: string, to: string, maxHops: number): FoundPath[] {
  const found: FoundPath[] = [];
  const walk = (entities: string[], cost: number): void => {
    const last = entities.at(-1)!;
    if (last === to) return void found.push({ cost, entities });
    if (entities.length > maxHops) return;
    for (const [next, step] of graph.get(last) ?? [])
      if (!entities.includes(next)) walk([...entities, next], cost + step);
  };
  walk([from], 0);
  const names = ({ entities }: FoundPath): string => entities.join(' ');
  return found.sort(
    (one, other) =>
      one.cost - other.cost || one.entities.length - other.entities.length || (names(one) < names(other) ? -1 : 1),
  );
}

describe('findPaths', () => {
  // the network of the worked example that textbooks give for Yen's algorithm
  const network = graphOf([
    ['C', 'D', 3],
    ['C', 'E', 2],
    ['D', 'F', 4],
    ['E', 'D', 1],
    ['E', 'F', 2],
    ['E', 'G', 3],
    ['F', 'G', 2],
    ['F', 'H', 1],
    ['G', 'H', 2],
  ]);

  it('gives the three shortest ways through a known network', () => {
    expect(
      findPaths(network, 'C', 'H', { k: 3, maxHops: 9 }).map(({ cost, entities }) => [cost, entities.join('')]),
    ).toEqual([
      [5, 'CEFH'],
      [7, 'CEGH'],
      [8, 'CDFH'],
    ]);
  });

  it('keeps to the number of edges, and may take a dearer way for it', () => {
    const graph = graphOf([
      ['a', 'b', 1],
      ['b', 'c', 1],
      ['c', 'd', 1],
      ['a', 'c', 9],
      ['b', 'd', 20],
    ]);
    const ways = (maxHops: number) =>
      findPaths(graph, 'a', 'd', { k: 9, maxHops }).map(({ entities }) => entities.join(''));
    expect(ways(3)).toEqual(['abcd', 'acd', 'abd']);
    expect(ways(2)).toEqual(['acd', 'abd']);
    expect(ways(1)).toEqual([]);
  });

  it('finds nothing from an entity to itself, to one that is not there, or against the direction', () => {
    for (const [from, to] of [
      ['C', 'C'],
      ['C', 'nowhere'],
      ['nowhere', 'C'],
      ['H', 'C'],
    ])
      expect(findPaths(network, from!, to!, { k: 3, maxHops: 9 })).toEqual([]);
  });

  it('orders ties by length, then by name', () => {
    const graph = graphOf([
      ['a', 'z', 1],
      ['a', 'm', 1],
      ['a', 'b', 0],
      ['b', 'm', 1],
      ['m', 'y', 1],
      ['z', 'y', 1],
      ['a', 'y', 2],
    ]);
    expect(findPaths(graph, 'a', 'y', { k: 9, maxHops: 4 }).map(({ entities }) => entities.join(''))).toEqual([
      'ay',
      'amy',
      'azy',
      'abmy',
    ]);
  });

  it.each(Array.from({ length: 60 }, (_, seed) => seed))('agrees with trying all paths on random graph %d', (seed) => {
    const random = createRandom(`paths ${seed}`);
    const size = 4 + random.integer(5);
    const name = (index: number): string => String.fromCharCode(97 + index);
    const edges: [string, string, number][] = [];
    for (let from = 0; from < size; from++) {
      for (let to = 0; to < size; to++) {
        // few distinct costs, zero among them, make many ties
        if (from !== to && random.next() < 0.45)
          edges.push([name(from), name(to), random.integer(seed % 2 ? 4 : 1000)]);
      }
    }
    const graph = graphOf(edges);
    for (const maxHops of [1, 2, 3, 4, 8]) {
      const every = allPaths(graph, 'a', name(size - 1), maxHops);
      for (const k of [1, 2, 5, 1000])
        expect(findPaths(graph, 'a', name(size - 1), { k, maxHops })).toEqual(every.slice(0, k));
    }
  });
});
