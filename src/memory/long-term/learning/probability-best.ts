import { LRUCache } from 'lru-cache';

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
export function probabilityBest(beliefs: readonly BetaBelief[]): readonly number[] {
  const keys = beliefs.map(({ alpha, beta }) => `${alpha}/${beta}`);
  const question = keys.join(' ');
  let answer = answers.get(question);
  if (!answer) {
    answers.set(question, (answer = compare(keys, beliefs)));
  }
  return answer;
}

/** Leads of whom little is known are in the same few situations. */
const MOST_ANSWERS = 1_024;
const answers = new LRUCache<string, readonly number[]>({ max: MOST_ANSWERS });

function compare(keys: readonly string[], beliefs: readonly BetaBelief[]): number[] {
  // equal beliefs have one curve and one share: channels that nothing is known of are all alike
  const curves = new Map<string, Curve & { alike: number; share: number }>();
  keys.forEach((key, index) => {
    const known = curves.get(key);
    if (known) known.alike++;
    else curves.set(key, { ...knownCurve(key, beliefs[index]!), alike: 1, share: 0 });
  });
  const all = [...curves.values()];
  let total = 0;
  for (const curve of all) {
    for (let step = 0; step < STEPS; step++) {
      let product = curve.density[step]!;
      for (const other of all) {
        const others = other === curve ? other.alike - 1 : other.alike;
        for (let time = 0; time < others; time++) product *= other.below[step]!;
      }
      curve.share += product;
    }
    total += curve.alike * curve.share;
  }
  return keys.map((key) => curves.get(key)!.share / total);
}

interface Curve {
  readonly density: Float64Array;
  readonly below: Float64Array;
}

/** Most beliefs are of a few contacts and answers, so the same come again and again. */
const MOST_CURVES = 256;
const kept = new Map<string, Curve>();

function knownCurve(key: string, belief: BetaBelief): Curve {
  let curve = kept.get(key);
  if (!curve) {
    if (kept.size >= MOST_CURVES) kept.clear();
    kept.set(key, (curve = curveOf(belief)));
  }
  return curve;
}

/** Density at the middle of each step, and the distribution up to there; both sum to 1 over the steps. */
function curveOf({ alpha, beta }: BetaBelief): Curve {
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
