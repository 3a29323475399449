/** What is known of a rate: `alpha` − 1 and `beta` − 1 would be successes and failures seen after a flat prior. */
export interface BetaBelief {
  readonly alpha: number;
  readonly beta: number;
}

const STEPS = 128;
const LOG_AT = Float64Array.from({ length: STEPS }, (_, step) => Math.log((step + 0.5) / STEPS));

/**
 * For each of several independent rates with beta beliefs, the probability that it is the greatest: ∫ f_i(x) Π_{j≠i}
 * F_j(x) dx (Scott 2010, A modern Bayesian look at the multi-armed bandit), by the midpoint rule. The answers add up
 * to 1.
 */
export function probabilityBest(beliefs: readonly BetaBelief[]): number[] {
  const curves = beliefs.map(curveOf);
  const shares = curves.map(({ density }, index) => {
    let sum = 0;
    for (let step = 0; step < STEPS; step++) {
      let product = density[step]!;
      for (let other = 0; other < curves.length; other++) if (other !== index) product *= curves[other]!.below[step]!;
      sum += product;
    }
    return sum;
  });
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

/** Density at the middle of each step, and the distribution up to there; both sum to 1 over the steps. */
function curveOf({ alpha, beta }: BetaBelief): { density: Float64Array; below: Float64Array } {
  if (!(alpha > 0 && beta > 0)) throw new RangeError(`alpha and beta must be > 0, got ${alpha} and ${beta}`);
  const density = new Float64Array(STEPS);
  const below = new Float64Array(STEPS);
  let highest = -Infinity;
  for (let step = 0; step < STEPS; step++) {
    // 1 − x at this step is x at the step as far from the other end
    density[step] = (alpha - 1) * LOG_AT[step]! + (beta - 1) * LOG_AT[STEPS - 1 - step]!;
    highest = Math.max(highest, density[step]!);
  }
  // the mode's height is taken out, so that much evidence does not underflow
  let total = 0;
  for (let step = 0; step < STEPS; step++) total += density[step] = Math.exp(density[step]! - highest);
  let sum = 0;
  for (let step = 0; step < STEPS; step++) {
    density[step]! /= total;
    below[step] = sum + density[step]! / 2;
    sum += density[step]!;
  }
  return { density, below };
}
