import { sampleBeta, type Uniform } from './sample-beta.js';

/** What is known of an arm's success rate: Beta(alpha, beta). */
export interface BetaBelief {
  readonly alpha: number;
  readonly beta: number;
}

/**
 * Beta prior with the given mean, worth `strength` observations.
 * @param mean in (0, 1)
 * @param strength > 0
 */
export function betaPrior(mean: number, strength: number): BetaBelief {
  if (!(mean > 0 && mean < 1)) throw new RangeError(`mean must lie between 0 and 1, got ${mean}`);
  if (!(strength > 0)) throw new RangeError(`strength must be > 0, got ${strength}`);
  return { alpha: mean * strength, beta: (1 - mean) * strength };
}

/** Conjugate update: Beta(a, b) after s successes in n trials is Beta(a + s, b + n − s). */
export function updateBelief(
  { alpha, beta }: BetaBelief,
  { trials, successes }: { trials: number; successes: number },
): BetaBelief {
  if (!(successes >= 0 && successes <= trials))
    throw new RangeError(`successes must be 0..trials, got ${successes} of ${trials}`);
  return { alpha: alpha + successes, beta: beta + trials - successes };
}

export function beliefMean({ alpha, beta }: BetaBelief): number {
  return alpha / (alpha + beta);
}

/**
 * Thompson sampling (Thompson, Biometrika 25, 1933): one draw from each belief; the arm with the highest draw is
 * played.
 * @returns the draws in the order of the arms
 */
export function thompsonDraws(beliefs: readonly BetaBelief[], random: Uniform): number[] {
  return beliefs.map(({ alpha, beta }) => sampleBeta(alpha, beta, random));
}

/**
 * How many observations a common Beta prior of several arms is worth, by the method of moments: with pooled rate m,
 * variance τ² of the arms' rates beyond what m(1−m)/n explains gives m(1−m)/τ² − 1. Arms that differ no more than by
 * chance get `max`, so that each is believed to be like the others.
 */
export function fitPriorStrength(
  arms: readonly { trials: number; successes: number }[],
  { min, max }: { min: number; max: number },
): number {
  const tried = arms.filter(({ trials }) => trials > 0);
  if (tried.length < 2) return min;
  const trials = tried.reduce((sum, arm) => sum + arm.trials, 0);
  const pooled = tried.reduce((sum, arm) => sum + arm.successes, 0) / trials;
  const spread = pooled * (1 - pooled);
  let observed = 0;
  let byChance = 0;
  for (const arm of tried) {
    observed += (arm.successes / arm.trials - pooled) ** 2 / (tried.length - 1);
    byChance += spread / arm.trials / tried.length;
  }
  const between = observed - byChance;
  return between <= 0 ? max : Math.min(max, Math.max(min, spread / between - 1));
}

export interface BestArm {
  /** Share of draws in which the arm was the best: P(best). They add up to 1. */
  readonly probabilityBest: number;
  /** Mean of what is lost if this arm is used for good, max θ − θ. */
  readonly expectedLoss: number;
}

/**
 * P(best) and expected loss of each arm, by Monte Carlo over the joint posterior; the standard error of P(best) is at
 * most 1 / (2√draws).
 */
export function compareArms(beliefs: readonly BetaBelief[], random: Uniform, draws = 2000): BestArm[] {
  const wins = new Array<number>(beliefs.length).fill(0);
  const losses = new Array<number>(beliefs.length).fill(0);
  for (let draw = 0; draw < draws; draw++) {
    const values = thompsonDraws(beliefs, random);
    const best = indexOfMax(values);
    wins[best]!++;
    for (let arm = 0; arm < values.length; arm++) losses[arm]! += values[best]! - values[arm]!;
  }
  return beliefs.map((_, arm) => ({ probabilityBest: wins[arm]! / draws, expectedLoss: losses[arm]! / draws }));
}

/** Index of the largest value; the first one on a tie. */
export function indexOfMax(values: readonly number[]): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
}
