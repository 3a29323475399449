import { createRandom } from '../../config/index.js';
import { blockBootstrap, blockLength, quantile } from './block-bootstrap.js';
import { mannKendall } from './mann-kendall.js';
import { normalCdf } from './normal.js';
import { simpleRegression } from './simple-regression.js';
import { twoProportions } from './two-proportions.js';
import { wilsonInterval } from './wilson.js';

describe('normalCdf', () => {
  // R: pnorm()
  it.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [-1.959963984540054, 0.025],
    [3, 0.9986501019683699],
    [-8, 6.220960574271786e-16],
    [40, 1],
  ])('at %d', (x, expected) => {
    expect(Math.abs(normalCdf(x) - expected)).toBeLessThan(Math.max(1e-13 * expected, 1e-14));
  });
});

describe('wilsonInterval', () => {
  it('matches Newcombe (Stat. Med. 17, 1998), table I', () => {
    expect(wilsonInterval(81, 263).map((limit) => limit.toFixed(4))).toEqual(['0.2553', '0.3662']);
    expect(wilsonInterval(15, 148).map((limit) => limit.toFixed(4))).toEqual(['0.0624', '0.1605']);
    expect(wilsonInterval(0, 20).map((limit) => limit.toFixed(4))).toEqual(['0.0000', '0.1611']);
    expect(wilsonInterval(1, 29).map((limit) => limit.toFixed(4))).toEqual(['0.0061', '0.1718']);
  });

  it('says nothing without trials', () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1]);
    expect(() => wilsonInterval(2, 1)).toThrow(RangeError);
  });
});

describe('mannKendall', () => {
  it('sees a rise and a fall of ten distinct values', () => {
    const rise = mannKendall([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // S = 45, var = 10·9·25/18 = 125, z = 44/√125
    expect(rise).toMatchObject({ statistic: 45, slope: 1 });
    expect(rise.z).toBeCloseTo(44 / Math.sqrt(125), 12);
    expect(mannKendall([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).z).toBeCloseTo(-rise.z, 12);
  });

  it('allows for ties', () => {
    // var = (5·4·15 − 2·1·9 − 2·1·9) / 18 = 264/18 for two pairs of ties
    const { statistic, z } = mannKendall([1, 1, 2, 2, 3]);
    expect(statistic).toBe(8);
    expect(z).toBeCloseTo(7 / Math.sqrt(264 / 18), 12);
  });

  it('sees nothing in a constant', () => {
    expect(mannKendall([3, 3, 3, 3, 3])).toEqual({ statistic: 0, z: 0, pValue: 1, slope: 0 });
    expect(() => mannKendall([1, 2, 3])).toThrow(RangeError);
  });

  it('is wrong about one time in twenty where there is no trend', () => {
    const random = createRandom('no trend');
    let alarms = 0;
    for (let run = 0; run < 1000; run++)
      alarms += mannKendall(Array.from({ length: 20 }, () => random.next())).pValue < 0.05 ? 1 : 0;
    expect(alarms).toBeGreaterThan(25);
    expect(alarms).toBeLessThan(75);
  });
});

describe('simpleRegression', () => {
  it('finds a line without error', () => {
    const { slope, intercept, slopeStandardError } = simpleRegression([1, 2, 3, 4], [5, 7, 9, 11]);
    expect([slope, intercept, slopeStandardError]).toEqual([2, 3, 0]);
  });

  it('matches the first data set of Anscombe (Am. Stat. 27, 1973)', () => {
    const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
    const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
    const { slope, intercept, slopeStandardError } = simpleRegression(x, y);
    expect(slope).toBeCloseTo(0.500091, 6);
    expect(intercept).toBeCloseTo(3.000091, 6);
    expect(slopeStandardError).toBeCloseTo(0.117906, 6);
  });

  it('has no slope where x does not vary', () => {
    expect(simpleRegression([2, 2, 2], [1, 2, 3]).slope).toBeNaN();
  });
});

describe('twoProportions', () => {
  it('is the square root of the 2×2 chi-square without correction', () => {
    // [[30, 70], [45, 55]]: χ² = 200·(30·55 − 70·45)² / (75·125·100·100) = 4.8
    const { z, pValue } = twoProportions({ trials: 100, successes: 30 }, { trials: 100, successes: 45 });
    expect(z).toBeCloseTo(-Math.sqrt(4.8), 12);
    expect(pValue).toBeCloseTo(0.0284597, 6);
  });

  it('says nothing about an empty group', () => {
    expect(twoProportions({ trials: 0, successes: 0 }, { trials: 5, successes: 1 })).toEqual({
      difference: 0,
      z: 0,
      pValue: 1,
    });
  });
});

describe('blockBootstrap', () => {
  it('has about the spread of the mean for independent values', () => {
    const random = createRandom('values');
    const values = Array.from({ length: 200 }, () => random.next());
    const mean = (indices: Int32Array): number =>
      indices.reduce((sum, index) => sum + values[index]!, 0) / indices.length;
    const means = blockBootstrap(200, mean, createRandom('draws'), 2000);
    const half = (quantile(means, 0.975) - quantile(means, 0.025)) / 2;
    // 1.96 · √(1/12 / 200) = 0.040
    expect(half).toBeGreaterThan(0.03);
    expect(half).toBeLessThan(0.05);
  });

  it('draws runs of consecutive days and repeats itself under the same seed', () => {
    expect(blockLength(27)).toBe(3);
    const draw = (): number[] => {
      let seen: number[] = [];
      blockBootstrap(27, (indices) => ((seen = [...indices]), 0), createRandom('same'), 1);
      return seen;
    };
    const indices = draw();
    for (let start = 0; start < 27; start += 3) {
      expect([indices[start + 1], indices[start + 2]]).toEqual([
        (indices[start]! + 1) % 27,
        (indices[start]! + 2) % 27,
      ]);
    }
    expect(draw()).toEqual(indices);
  });
});

it('interpolates quantiles as type 7 does', () => {
  // R: quantile(c(1, 2, 3, 4), c(0, .25, .5, 1)) is 1, 1.75, 2.5, 4
  expect([0, 0.25, 0.5, 1].map((p) => quantile([4, 2, 1, 3], p))).toEqual([1, 1.75, 2.5, 4]);
  expect(quantile([NaN, 5], 0.5)).toBe(5);
  expect(quantile([], 0.5)).toBeNaN();
});
