import { createRandom } from '../../config/index.js';
import { exponential, normal, poisson, sample, weightedIndex } from './sampling.js';

const DRAWS = 20_000;

function moments(draw: () => number): { mean: number; variance: number } {
  const values = Array.from({ length: DRAWS }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / DRAWS;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / DRAWS };
}

describe('sampling', () => {
  const random = createRandom(1);

  // tolerances are four standard errors of the mean or wider
  it.each([
    ['normal', () => normal(random), 0, 1],
    ['exponential', () => exponential(random, 3), 3, 9],
    ['poisson, small mean', () => poisson(random, 2.5), 2.5, 2.5],
    ['poisson, large mean', () => poisson(random, 80), 80, 80],
  ])('draws %s with the right mean and variance', (_name, draw, mean, variance) => {
    const found = moments(draw);
    expect(Math.abs(found.mean - mean)).toBeLessThan(4 * Math.sqrt(variance / DRAWS));
    expect(Math.abs(found.variance - variance) / variance).toBeLessThan(0.12);
  });

  it('draws indices by weight and never one of weight zero', () => {
    const counts = [0, 0, 0];
    for (let draw = 0; draw < DRAWS; draw++) counts[weightedIndex(random, [1, 0, 3])]++;
    expect(counts[1]).toBe(0);
    expect(counts[2] / DRAWS).toBeCloseTo(0.75, 1);
  });

  it('samples without repetition', () => {
    expect(sample(random, ['a', 'b', 'c'], 5).sort()).toEqual(['a', 'b', 'c']);
    expect(poisson(random, 0)).toBe(0);
  });
});
