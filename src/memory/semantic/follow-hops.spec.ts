import { createRandom } from '../../config/index.js';
import { type Edge, type ReadEdges, byWeight, otherEnd } from './edge-reader.js';
import { followHops } from './follow-hops.js';

const anEdge = (triple_id: string, subject: string, object: string, weight: number): Edge => ({
  triple_id,
  subject,
  object,
  weight,
});
const readerOf =
  (edges: readonly Edge[]): ReadEdges =>
  async (wanted) =>
    wanted.map(({ entity, minWeight }) =>
      edges
        .filter(({ subject, object, weight }) => (subject === entity || object === entity) && weight >= minWeight)
        .sort(byWeight),
    );

/** The strongest way to each edge within the hops, by trying all walks. */
function byTrying(edges: readonly Edge[], start: string, hops: number): Map<string, { hop: number; strength: number }> {
  const found = new Map<string, { hop: number; strength: number }>();
  let frontier = new Map([[start, 1]]);
  const visited = new Set([start]);
  for (let hop = 1; hop <= hops; hop++) {
    const reached = new Map<string, number>();
    const seen = new Map<string, number>();
    for (const [entity, strength] of frontier) {
      for (const edge of edges.filter(({ subject, object }) => subject === entity || object === entity)) {
        const along = strength * edge.weight;
        if (!found.has(edge.triple_id)) seen.set(edge.triple_id, Math.max(along, seen.get(edge.triple_id) ?? 0));
        const end = otherEnd(edge, entity);
        if (!visited.has(end)) reached.set(end, Math.max(along, reached.get(end) ?? 0));
      }
    }
    for (const [id, strength] of seen) found.set(id, { hop, strength });
    for (const entity of reached.keys()) visited.add(entity);
    frontier = reached;
  }
  return found;
}

describe.each([true, false])('followHops, reading several entities together: %s', (readsTogether) => {
  it('gives the strongest of each hop, nearer hops first', async () => {
    const edges = [
      anEdge('t1', 'a', 'b', 0.9),
      anEdge('t2', 'c', 'a', 0.5),
      anEdge('t3', 'b', 'd', 0.4),
      anEdge('t4', 'c', 'e', 0.8),
      anEdge('t5', 'd', 'f', 1),
    ];
    const shown = async (hops: number, limit: number) =>
      (await followHops(readerOf(edges), { start: 'a', hops, limit, readsTogether })).map(
        ({ triple_id, hop, strength }) => [triple_id, hop, Number(strength.toFixed(3))],
      );
    expect(await shown(1, 10)).toEqual([
      ['t1', 1, 0.9],
      ['t2', 1, 0.5],
    ]);
    expect(await shown(2, 10)).toEqual([
      ['t1', 1, 0.9],
      ['t2', 1, 0.5],
      ['t4', 2, 0.4],
      ['t3', 2, 0.36],
    ]);
    expect(await shown(3, 1)).toEqual([
      ['t1', 1, 0.9],
      ['t4', 2, 0.4],
      ['t5', 3, 0.36],
    ]);
    expect(await followHops(readerOf(edges), { start: 'nobody', hops: 3, limit: 5, readsTogether })).toEqual([]);
  });

  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'leaves nothing out by reading less, on random graph %d',
    async (seed) => {
      const random = createRandom(`hops ${seed}`);
      const entity = (): string => `n${Math.floor(20 * random.next() ** 2)}`;
      const edges = Array.from({ length: 60 }, (_, index) =>
        anEdge(`t${index}`, entity(), entity(), 0.1 + 0.9 * random.next()),
      );
      const every = byTrying(edges, 'n0', 3);
      for (const limit of [40, 100]) {
        const found = await followHops(readerOf(edges), { start: 'n0', hops: 3, limit, readsTogether });
        for (const hop of [1, 2, 3]) {
          const expected = [...every]
            .filter(([, each]) => each.hop === hop)
            .map(([, { strength }]) => strength)
            .sort((one, other) => other - one)
            .slice(0, limit);
          const strengths = found.filter((each) => each.hop === hop).map(({ strength }) => strength);
          expect(strengths).toHaveLength(expected.length);
          strengths.forEach((strength, index) => expect(strength).toBeCloseTo(expected[index]!, 12));
        }
      }
    },
  );
});
