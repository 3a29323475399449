import { type Random, createRandom } from '../../config/index.js';
import { codeEmbedding } from './embedding.js';
import { HashEmbedder } from './hash-embedder.js';
import { VectorIndex } from './vector-index.js';

const DIMENSIONS = 64;
const TOPICS = [
  'price',
  'security',
  'integration',
  'training',
  'renewal',
  'migration',
  'support',
  'trial',
  'discount',
  'roadmap',
  'audit',
  'invoice',
];

const unit = (values: number[]): Float32Array => {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
};
const dot = (one: Float32Array, other: Float32Array): number => {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += one[index]! * other[index]!;
  return sum;
};
const randomUnit = (random: Random): Float32Array =>
  unit(Array.from({ length: DIMENSIONS }, () => random.next() - 0.5));
const anEpisode = (vector: Float32Array, changes: Partial<{ scenario: string; outcome: number }> = {}) => ({
  embedding: codeEmbedding(vector),
  scenario: 'churn_risk',
  outcome: 0.5,
  ...changes,
});

describe('VectorIndex', () => {
  it('finds what an exact comparison finds', async () => {
    const random = createRandom('recall');
    const embedder = new HashEmbedder();
    const sentence = (words: number) =>
      Array.from({ length: words }, () => `${TOPICS[random.integer(TOPICS.length)]!}${random.integer(40)}`).join(' ');
    const vectors = await embedder.embed(Array.from({ length: 12_000 }, () => sentence(12)));
    const index = new VectorIndex(embedder.dimensions);
    vectors.forEach((vector, docId) => index.put(docId, anEpisode(vector)));
    let hits = 0;
    for (let number = 0; number < 20; number++) {
      const [query] = await embedder.embed([sentence(5)]);
      const exact = vectors.map((vector) => dot(vector, query!));
      const tenth = exact.toSorted((one, other) => other - one)[9]!;
      hits += index.nearest(query!, 10).filter(({ docId }) => exact[docId]! >= tenth).length;
    }
    expect(hits / 200).toBeGreaterThan(0.95);
  });

  it('gives the cosine, best first, and the lower number first among equals', () => {
    const random = createRandom('order');
    const [near, far] = [randomUnit(random), randomUnit(random)];
    const index = new VectorIndex(DIMENSIONS);
    index.put(7, anEpisode(near));
    index.put(3, anEpisode(near));
    index.put(1, anEpisode(far));
    const found = index.nearest(near, 10);
    expect(found.map(({ docId }) => docId)).toEqual([3, 7, 1]);
    expect(found[0]!.similarity).toBeCloseTo(1, 2);
    expect(index.nearest(near, 2)).toEqual(found.slice(0, 2));
  });

  it('keeps to scenario and outcome', () => {
    const random = createRandom('filters');
    const index = new VectorIndex(DIMENSIONS);
    for (let docId = 0; docId < 3_000; docId++)
      index.put(docId, anEpisode(randomUnit(random), { scenario: `s${docId % 3}`, outcome: (docId % 10) / 10 }));
    const found = index.nearest(randomUnit(random), 50, { scenario: 's1', minOutcome: 0.7 });
    expect(found).toHaveLength(50);
    expect(found.every(({ docId }) => docId % 3 === 1 && docId % 10 >= 7)).toBe(true);
    expect(index.nearest(randomUnit(random), 50, { scenario: 'never heard of' })).toEqual([]);
  });

  it('replaces, removes and takes removed places again', () => {
    const random = createRandom('changes');
    const [one, other] = [randomUnit(random), randomUnit(random)];
    const index = new VectorIndex(DIMENSIONS);
    index.put(1, anEpisode(one));
    index.put(1, anEpisode(other, { outcome: 0.9 }));
    expect(index.nearest(other, 5)[0]!.similarity).toBeCloseTo(1, 2);
    expect(index.outcomeOf(1)).toBe(0.9);
    index.remove(1);
    index.remove(1);
    expect([index.size, index.nearest(other, 5), index.outcomeOf(1)]).toEqual([0, [], undefined]);
    index.put(2, anEpisode(one));
    expect(index.nearest(one, 5).map(({ docId }) => docId)).toEqual([2]);
  });

  it('holds no more than it may: the first ones make room', () => {
    const random = createRandom('bound');
    const index = new VectorIndex(DIMENSIONS, 100);
    const vectors = Array.from({ length: 250 }, () => randomUnit(random));
    vectors.forEach((vector, docId) => index.put(docId, anEpisode(vector)));
    expect(index.size).toBe(100);
    expect(index.nearest(vectors[249]!, 1)[0]!.docId).toBe(249);
    expect([index.has(149), index.has(150)]).toEqual([false, true]);
  });

  it('finds nothing when it is empty, and anything for a query of zeros', () => {
    const index = new VectorIndex(DIMENSIONS);
    expect(index.nearest(new Float32Array(DIMENSIONS), 5)).toEqual([]);
    index.put(1, anEpisode(randomUnit(createRandom('zeros'))));
    expect(index.nearest(new Float32Array(DIMENSIONS), 5)).toEqual([{ docId: 1, similarity: 0 }]);
  });
});
