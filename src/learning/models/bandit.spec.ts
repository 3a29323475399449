import { createRandom } from '../../config/index.js';
import { beliefMean, betaPrior, compareArms, fitPriorStrength, thompsonDraws, updateBelief } from './bandit.js';
import { sampleBeta, sampleLogGamma, sampleNormal } from './sample-beta.js';

const DRAWS = 20_000;

function moments(draw: () => number): { mean: number; variance: number } {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < DRAWS; i++) {
    const value = draw();
    sum += value;
    squares += value * value;
  }
  return { mean: sum / DRAWS, variance: squares / DRAWS - (sum / DRAWS) ** 2 };
}

it.each([
  [0.5, 0.5],
  [1, 1],
  [2, 5],
  [30, 70],
  [0.05, 3],
])('draws Beta(%d, %d) with its mean a/(a+b) and variance ab/((a+b)²(a+b+1))', (alpha, beta) => {
  const random = createRandom(`${alpha}/${beta}`);
  const { mean, variance } = moments(() => sampleBeta(alpha, beta, random));
  const total = alpha + beta;
  const expected = (alpha * beta) / (total * total * (total + 1));
  expect(Math.abs(mean - alpha / total)).toBeLessThan(5 * Math.sqrt(expected / DRAWS));
  expect(variance / expected).toBeCloseTo(1, 1);
});

it.each([0.3, 1, 4.5])('draws Gamma(%d, 1) with mean and variance equal to its shape', (shape) => {
  const random = createRandom(shape);
  const { mean, variance } = moments(() => Math.exp(sampleLogGamma(shape, random)));
  expect(mean / shape).toBeCloseTo(1, 1);
  expect(Math.abs(variance / shape - 1)).toBeLessThan(0.1);
});

it('draws standard normals', () => {
  const random = createRandom(7);
  const { mean, variance } = moments(() => sampleNormal(random));
  expect(Math.abs(mean)).toBeLessThan(0.02);
  expect(variance).toBeCloseTo(1, 1);
});

it('updates a belief by the counts', () => {
  const belief = updateBelief(betaPrior(0.3, 10), { trials: 20, successes: 5 });
  expect(belief).toEqual({ alpha: 8, beta: 22 });
  expect(beliefMean(belief)).toBeCloseTo(8 / 30);
});

it('believes arms to be alike if they differ by chance only, and different if they differ by more', () => {
  const limits = { min: 20, max: 2000 };
  expect(
    fitPriorStrength(
      [
        { trials: 100, successes: 30 },
        { trials: 100, successes: 31 },
      ],
      limits,
    ),
  ).toBe(2000);
  expect(
    fitPriorStrength(
      [
        { trials: 1000, successes: 100 },
        { trials: 1000, successes: 800 },
      ],
      limits,
    ),
  ).toBe(20);
  expect(fitPriorStrength([{ trials: 0, successes: 0 }], limits)).toBe(20);
});

it('finds the strength of the prior that the arms were drawn from', () => {
  const random = createRandom('arms');
  const arms = Array.from({ length: 400 }, () => {
    const rate = sampleBeta(30, 70, random);
    const successes = Array.from({ length: 200 }, () => random.next()).filter((u) => u < rate).length;
    return { trials: 200, successes };
  });
  const strength = fitPriorStrength(arms, { min: 1, max: 10_000 });
  expect(strength).toBeGreaterThan(75);
  expect(strength).toBeLessThan(130);
});

it('finds the probability that one arm beats another', () => {
  // P(Beta(2,1) > Beta(1,1)) = E[X] of Beta(2,1) = 2/3
  const [first, second] = compareArms(
    [
      { alpha: 2, beta: 1 },
      { alpha: 1, beta: 1 },
    ],
    createRandom(1),
    20_000,
  );
  expect(first!.probabilityBest).toBeCloseTo(2 / 3, 1);
  expect(first!.probabilityBest + second!.probabilityBest).toBe(1);
  expect(second!.expectedLoss - first!.expectedLoss).toBeCloseTo(2 / 3 - 1 / 2, 1);
});

it('plays the better arm more and more, and repeats itself under the same seed', () => {
  const play = (seed: string): number[] => {
    const random = createRandom(seed);
    const rates = [0.2, 0.35];
    const beliefs = [betaPrior(0.3, 10), betaPrior(0.3, 10)];
    const plays = [0, 0];
    for (let round = 0; round < 2000; round++) {
      const draws = thompsonDraws(beliefs, random);
      const arm = draws[0]! > draws[1]! ? 0 : 1;
      plays[arm]!++;
      beliefs[arm] = updateBelief(beliefs[arm]!, { trials: 1, successes: random.next() < rates[arm]! ? 1 : 0 });
    }
    return plays;
  };
  expect(play('a')[1]!).toBeGreaterThan(1600);
  expect(play('a')).toEqual(play('a'));
});

it.each([
  [0, 1],
  [-1, 1],
  [NaN, 1],
  [Infinity, 1],
])('refuses a shape of %d', (shape) => {
  expect(() => sampleBeta(shape, 1, createRandom(1))).toThrow(RangeError);
});

it('refuses counts that cannot be', () => {
  expect(() => updateBelief(betaPrior(0.5, 2), { trials: 1, successes: 2 })).toThrow('0..trials');
  expect(() => betaPrior(1, 2)).toThrow('between 0 and 1');
});
