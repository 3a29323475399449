import { HALF_LIFE_DAYS, combineWeights, decayWeight } from './weigh-evidence.js';

const DAY = 86_400_000;
const START = '2026-01-01T00:00:00.000Z';
const after = (days: number): string => new Date(Date.parse(START) + days * DAY).toISOString();

describe('combineWeights', () => {
  // the chance that at least one of two independent causes is at work
  it.each([
    [0.2, 0.9, 0.92],
    [0.5, 0.5, 0.75],
    [0.1, 0.1, 0.19],
    [1, 0.3, 1],
    [0.999, 0.999, 0.999999],
  ])('makes of %d and %d %d', (known, stated, expected) => {
    expect(combineWeights(known, stated)).toBeCloseTo(expected, 12);
    expect(combineWeights(stated, known)).toBeCloseTo(expected, 12);
  });

  it('rises with each statement, never past 1, whatever their order', () => {
    const stated = [0.1, 0.35, 0.8, 0.2, 0.99, 0.6];
    let weight = 0.15;
    for (const each of [...stated, ...stated, ...stated]) {
      const next = combineWeights(weight, each);
      expect(next).toBeGreaterThanOrEqual(weight);
      expect(next).toBeLessThanOrEqual(1);
      weight = next;
    }
    const total = (list: number[]): number => list.reduce(combineWeights);
    expect(total(stated)).toBeCloseTo(total([...stated].reverse()), 12);
  });
});

describe('decayWeight', () => {
  it.each([
    [0.8, 0, 0.8],
    [0.8, 180, 0.4],
    [0.8, 360, 0.2],
    [0.8, 90, 0.8 / Math.SQRT2],
    [0.8, 540, 0.1],
    [0.8, 5400, 0.1],
    [0.1, 180, 0.1],
  ])('leaves of %d after %d days %d', (weight, days, expected) =>
    expect(decayWeight(weight, START, after(days))).toBeCloseTo(expected, 12),
  );

  it('gives the same in one step as in many', () => {
    let weight = 0.9;
    for (let day = 0; day < 200; day++) weight = decayWeight(weight, after(day), after(day + 1));
    expect(weight).toBeCloseTo(decayWeight(0.9, START, after(200)), 10);
  });

  it('takes another half-life, counts no age from the future, and refuses a half-life of nothing', () => {
    expect(decayWeight(0.8, START, after(7), 7)).toBeCloseTo(0.4, 12);
    expect(decayWeight(0.8, after(1), START)).toBe(0.8);
    expect(() => decayWeight(0.8, START, after(1), 0)).toThrow(RangeError);
    expect(HALF_LIFE_DAYS).toBe(180);
  });
});
