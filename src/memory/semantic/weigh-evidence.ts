export const MIN_WEIGHT = 0.1;
export const MAX_WEIGHT = 1;

/** Half a year: a triple that nobody states again fades over a few campaigns, not over one. */
export const HALF_LIFE_DAYS = 180;
const MS_PER_DAY = 86_400_000;

/**
 * The weight of a triple on two statements: 1 − (1 − a)(1 − b), the noisy-or of independent causes (J. Pearl,
 * "Probabilistic Reasoning in Intelligent Systems", 1988, §4.3.2). It rises with each statement and never passes 1.
 */
export function combineWeights(known: number, stated: number): number {
  return clampWeight(1 - (1 - known) * (1 - stated));
}

/**
 * The weight after an age: w · 2^(−age / half-life), not below 0.1. An age below zero counts as none.
 * @param since when the weight was stated, ISO-8601
 */
export function decayWeight(weight: number, since: string, now: string, halfLifeDays: number = HALF_LIFE_DAYS): number {
  if (!(halfLifeDays > 0)) throw new RangeError(`half-life must be above 0 days, got ${halfLifeDays}`);
  const ageDays = Math.max(0, Date.parse(now) - Date.parse(since)) / MS_PER_DAY;
  return clampWeight(weight * 2 ** (-ageDays / halfLifeDays));
}

function clampWeight(weight: number): number {
  return Math.min(MAX_WEIGHT, Math.max(MIN_WEIGHT, weight));
}
