export type Interval = readonly [low: number, high: number];

/** Two-sided 95 % point of the standard normal distribution. */
export const Z_95 = 1.959963984540054;

/**
 * Wilson score interval of a proportion (Wilson, JASA 22, 1927):
 * (p̂ + z²/2n ± z·√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n).
 * @param trials >= 0, need not be whole (effective sample sizes are not); [0, 1] when 0
 */
export function wilsonInterval(successes: number, trials: number, z = Z_95): Interval {
  if (!(successes >= 0 && successes <= trials))
    throw new RangeError(`successes must be 0..trials, got ${successes} of ${trials}`);
  if (trials === 0) return [0, 1];
  const rate = successes / trials;
  const z2n = (z * z) / trials;
  const centre = rate + z2n / 2;
  const half = z * Math.sqrt((rate * (1 - rate)) / trials + z2n / (4 * trials));
  return [Math.max(0, (centre - half) / (1 + z2n)), Math.min(1, (centre + half) / (1 + z2n))];
}
