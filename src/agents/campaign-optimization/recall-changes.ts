import { stepLifts, type OptimizationFacts } from '../core/index.js';
import type { RecommendationType } from './recommendation.js';

/** The situation under which changes of campaigns are remembered. */
export const CAMPAIGN_SCENARIO = 'campaign_change';

export interface PastChanges {
  readonly tries: number;
  /** 0.5 where the changes made no difference; above, they helped. */
  readonly mean_outcome: number;
  /** Shrunken distance of the outcome from 0.5. */
  readonly lift: number;
}

const SHRINKAGE_TRIES = 5;
const HARMFUL = -0.1;

/**
 * How changes of a kind turned out before: (mean outcome − 0.5) · n / (n + 5), every occurrence one try; undefined if
 * none was made.
 */
export function recallChanges(
  { episodes = [], triples = [] }: OptimizationFacts,
  type: RecommendationType,
): PastChanges | undefined {
  let tries = 0;
  let total = 0;
  for (const { action_sequence, outcome_score, occurrences = 1 } of episodes) {
    if (!action_sequence.includes(type)) continue;
    tries += occurrences;
    total += occurrences * outcome_score;
  }
  if (tries > 0)
    return { tries, mean_outcome: total / tries, lift: (total / tries - 0.5) * (tries / (tries + SHRINKAGE_TRIES)) };
  const lesson = stepLifts([], triples).get(type);
  return lesson === undefined ? undefined : { tries: 0, mean_outcome: 0.5 + lesson, lift: lesson };
}

/**
 * Why a change is left to a person for what memory says of its like; memory can hold a change back and can never push
 * one through.
 */
export function holdForHistory(facts: OptimizationFacts, type: RecommendationType): string | null {
  const past = recallChanges(facts, type);
  if (!past || past.lift > HARMFUL) return null;
  return `${past.tries > 0 ? `${past.tries} changes of this kind` : 'changes of this kind'} made things worse (mean outcome ${past.mean_outcome.toFixed(2)}, 0.5 is no difference)`;
}
