import { normalCdf } from './normal.js';

export interface TrendTest {
  /** S: pairs that rise minus pairs that fall. */
  readonly statistic: number;
  readonly z: number;
  /** Two-sided. */
  readonly pValue: number;
  /** Theil–Sen: median of the slopes of all pairs, per step. */
  readonly slope: number;
}

/**
 * Mann–Kendall test for a monotonic trend with ties (Kendall, Rank Correlation Methods, 1975), normal approximation
 * with continuity correction: var S = (n(n−1)(2n+5) − Σ t(t−1)(2t+5)) / 18. Assumes no serial correlation.
 * @param values in the order of time, at least 4
 */
export function mannKendall(values: readonly number[]): TrendTest {
  const n = values.length;
  if (n < 4) throw new RangeError(`a trend needs at least 4 values, got ${n}`);
  let statistic = 0;
  const slopes: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const rise = values[j]! - values[i]!;
      statistic += Math.sign(rise);
      slopes.push(rise / (j - i));
    }
  }
  const ties = new Map<number, number>();
  for (const value of values) ties.set(value, (ties.get(value) ?? 0) + 1);
  let variance = n * (n - 1) * (2 * n + 5);
  for (const t of ties.values()) variance -= t * (t - 1) * (2 * t + 5);
  variance /= 18;
  const z = statistic === 0 || variance === 0 ? 0 : (statistic - Math.sign(statistic)) / Math.sqrt(variance);
  return { statistic, z, pValue: Math.min(1, 2 * normalCdf(-Math.abs(z))), slope: median(slopes) };
}

function median(values: number[]): number {
  values.sort((first, second) => first - second);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}
