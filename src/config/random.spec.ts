import { createRandom } from './random.js';

const draws = (seed: string | number, count: number) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

describe('seeded randomness', () => {
  it('is the same for the same seed for good: stored decisions replay on it', () => {
    expect(draws('seed-1', 3)).toEqual([0.6553124108372639, 0.006330313377782448, 0.8143118462330504]);
    expect(draws(7, 2)).toEqual(draws('7', 2));
  });

  it('differs between seeds that differ little', () => {
    const firsts = Array.from({ length: 1000 }, (_, seed) => draws(seed, 1)[0]);
    expect(new Set(firsts).size).toBe(1000);
  });

  it('is even over [0, 1): χ² over ten classes stays below its 99.9 % quantile for 9 degrees of freedom, 27.88', () => {
    const counts = new Array(10).fill(0);
    for (const draw of draws('even', 100_000)) counts[Math.floor(draw * 10)]++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(27.88);
  });

  it('draws whole numbers below a bound, each of them', () => {
    const random = createRandom('dice');
    const seen = new Set(Array.from({ length: 200 }, () => random.integer(6)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
