import type { EpisodeFacts, TripleFacts } from './facts.js';

/** Tries that count as much as what was assumed of a step before. */
const SHRINKAGE_EPISODES = 5;
const SIGN_OF_LESSON: Readonly<Record<string, number>> = { works_with: 1, fails_with: -1 };

/**
 * How much each step of the playbooks raised the outcome: mean outcome of the episodes with the step minus that of
 * all, times n / (n + 5), plus what the graph says of the step, ± its weight, times 5 / (n + 5). An episode that
 * happened more than once counts as often. Between −1 and 1; steps that nobody tried are absent.
 * @param triples situation —works_with | fails_with→ step; what they say, one against the other where both are there,
 * is the assumption
 *   that the episodes are shrunk to
 */
export function stepLifts(
  episodes: readonly EpisodeFacts[],
  triples: readonly TripleFacts[] = NO_TRIPLES,
): ReadonlyMap<string, number> {
  let byTriples = known.get(episodes);
  if (!byTriples) known.set(episodes, (byTriples = new WeakMap()));
  let lifts = byTriples.get(triples);
  if (!lifts) byTriples.set(triples, (lifts = computeLifts(episodes, triples)));
  return lifts;
}

/** By the lists themselves: the leads of one situation are judged on the same ones, several times each. */
const known = new WeakMap<readonly EpisodeFacts[], WeakMap<readonly TripleFacts[], ReadonlyMap<string, number>>>();
const NO_TRIPLES: readonly TripleFacts[] = [];

function computeLifts(episodes: readonly EpisodeFacts[], triples: readonly TripleFacts[]): Map<string, number> {
  const lifts = new Map<string, number>();
  for (const { predicate, object, weight } of triples) {
    const sign = SIGN_OF_LESSON[predicate];
    if (sign !== undefined) lifts.set(object, (lifts.get(object) ?? 0) + sign * weight);
  }
  if (episodes.length === 0) return lifts;
  const all = { tries: 0, total: 0 };
  const byStep = new Map<string, { tries: number; total: number }>();
  for (const { action_sequence: steps, outcome_score: outcome, occurrences = 1 } of episodes) {
    all.tries += occurrences;
    all.total += occurrences * outcome;
    for (const step of new Set(steps)) {
      const tried = byStep.get(step) ?? { tries: 0, total: 0 };
      byStep.set(step, { tries: tried.tries + occurrences, total: tried.total + occurrences * outcome });
    }
  }
  for (const [step, { tries, total }] of byStep) {
    const own = (total / tries - all.total / all.tries) * (tries / (tries + SHRINKAGE_EPISODES));
    const assumed = lifts.get(step);
    lifts.set(step, assumed === undefined ? own : own + assumed * (SHRINKAGE_EPISODES / (tries + SHRINKAGE_EPISODES)));
  }
  return lifts;
}
