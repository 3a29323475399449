import type { EpisodeFacts } from './facts.js';

/** How a step did against the episodes without it. */
export interface StepEvidence {
  /** Mean outcome with the step minus that without it, −1 to 1. */
  readonly lift: number;
  /** Where that difference lies, if it is no chance. */
  readonly interval: readonly [number, number];
  /** How often the step was taken. */
  readonly tries: number;
}

/** 99.7 %: with 18 steps looked at together the best of them is taken for more than chance in 5 % of cases at most. */
const Z = 3;
/** With fewer on either side the normal approximation says nothing. */
const LEAST_TRIES = 10;

/**
 * How each step of the playbooks did in episodes, with an interval: lift ± 3 · √(m(1 − m)(1/n₁ + 1/n₂)), where m is
 * the mean outcome of all, n₁ and n₂ the episodes with and without the step. Outcomes lie between 0 and 1, so their
 * variance is m(1 − m) at most (Bhatia and Davis, 2000) and the interval is rather too wide than too narrow. Steps
 * that were taken, or left out, fewer than ten times are absent.
 */
export function stepEvidence(episodes: readonly EpisodeFacts[]): ReadonlyMap<string, StepEvidence> {
  const all = { tries: 0, total: 0 };
  const byStep = new Map<string, { tries: number; total: number }>();
  for (const { action_sequence: steps, outcome_score: outcome, occurrences = 1 } of episodes) {
    all.tries += occurrences;
    all.total += occurrences * outcome;
    for (const step of new Set(steps)) {
      const taken = byStep.get(step) ?? { tries: 0, total: 0 };
      byStep.set(step, { tries: taken.tries + occurrences, total: taken.total + occurrences * outcome });
    }
  }
  const mean = all.total / all.tries;
  const evidence = new Map<string, StepEvidence>();
  for (const [step, { tries, total }] of byStep) {
    const others = all.tries - tries;
    if (Math.min(tries, others) < LEAST_TRIES) continue;
    const lift = total / tries - (all.total - total) / others;
    const reach = Z * Math.sqrt(mean * (1 - mean) * (1 / tries + 1 / others));
    evidence.set(step, { lift, interval: [lift - reach, lift + reach], tries });
  }
  return evidence;
}
