import { normalCdf } from './normal.js';

export interface ProportionTest {
  readonly difference: number;
  readonly z: number;
  /** Two-sided. */
  readonly pValue: number;
}

/**
 * Two-proportion z test with pooled variance: z = (p₁ − p₂) / √(p(1−p)(1/n₁ + 1/n₂)).
 * z is 0 and p is 1 if a group is empty or nothing varies.
 */
export function twoProportions(
  first: { readonly trials: number; readonly successes: number },
  second: { readonly trials: number; readonly successes: number },
): ProportionTest {
  for (const { trials, successes } of [first, second]) {
    if (!(successes >= 0 && successes <= trials))
      throw new RangeError(`successes must be 0..trials, got ${successes} of ${trials}`);
  }
  if (first.trials === 0 || second.trials === 0) return { difference: 0, z: 0, pValue: 1 };
  const difference = first.successes / first.trials - second.successes / second.trials;
  const pooled = (first.successes + second.successes) / (first.trials + second.trials);
  const variance = pooled * (1 - pooled) * (1 / first.trials + 1 / second.trials);
  if (variance === 0) return { difference, z: 0, pValue: 1 };
  const z = difference / Math.sqrt(variance);
  return { difference, z, pValue: 2 * normalCdf(-Math.abs(z)) };
}
