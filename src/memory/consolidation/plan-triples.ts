import type { RecurrentFact } from './find-recurrent.js';
import type { StepLesson } from './judge-steps.js';

/**
 * What `source` says of triples that consolidation made: it sets their weight and ends them, and leaves everybody
 * else's alone.
 */
export const CONSOLIDATION = 'consolidation';

export interface TripleWish {
  readonly subject: string;
  readonly subject_type: string;
  readonly predicate: string;
  readonly object: string;
  readonly object_type: string;
  /** 0.1 to 1. */
  readonly weight: number;
  readonly reason: string;
  readonly episode_ids: readonly string[];
}

export interface StandingTriple {
  readonly triple_id: string;
  readonly subject: string;
  readonly predicate: string;
  readonly object: string;
  readonly weight: number;
}

export interface TriplePlan {
  readonly state: readonly TripleWish[];
  readonly end: readonly StandingTriple[];
}

/** A triple is stated anew when its weight has moved by this much, by new evidence or by decay. */
const MOVED_BY = 0.05;
const MIN_WEIGHT = 0.1;

/** Lessons as triples, situation —works_with | fails_with→ step: the weight is the size of the shrunken lift. */
export function wishesOfLessons(lessons: readonly StepLesson[]): TripleWish[] {
  return lessons.map(({ scenario, step, verdict, lift, tries, mean_with, mean_all, episode_ids }) => ({
    subject: scenario,
    subject_type: 'scenario',
    predicate: verdict,
    object: step,
    object_type: 'step',
    weight: weightOf(Math.abs(lift)),
    episode_ids,
    reason: `${tries} tries with it went ${mean_with} on average, all of this situation ${mean_all}; shrunken difference ${lift}`,
  }));
}

/** What a group has in common as triples, industry —interested_in→ topic: the weight is the shrunken share. */
export function wishesOfRecurrent(
  predicate: string,
  objectType: string,
  recurrent: readonly RecurrentFact[],
): TripleWish[] {
  return recurrent.map(({ group, value, support, known, share, share_of_all }) => ({
    subject: group,
    subject_type: 'industry',
    predicate,
    object: value,
    object_type: objectType,
    weight: weightOf(share),
    episode_ids: [],
    reason: `known of ${support} of ${known} leads (share ${share} after shrinking, ${share_of_all} among all)`,
  }));
}

/**
 * What is to change so that the graph says what is wished and no more: what has moved is ended and stated anew, what
 * is wished no longer is ended. Carried out twice, the second time there is nothing to do.
 * @param standing the valid triples of this source and these predicates
 */
export function planTriples(standing: readonly StandingTriple[], wishes: readonly TripleWish[]): TriplePlan {
  const byStatement = new Map(standing.map((triple) => [statementOf(triple), triple]));
  const state: TripleWish[] = [];
  const kept = new Set<string>();
  for (const wish of wishes) {
    const known = byStatement.get(statementOf(wish));
    if (known && Math.abs(known.weight - wish.weight) < MOVED_BY) kept.add(known.triple_id);
    else state.push(wish);
  }
  return { state, end: standing.filter(({ triple_id }) => !kept.has(triple_id)) };
}

function statementOf({ subject, predicate, object }: Pick<TripleWish, 'subject' | 'predicate' | 'object'>): string {
  return `${subject}\0${predicate}\0${object}`;
}

function weightOf(value: number): number {
  return Math.min(1, Math.max(MIN_WEIGHT, Math.round(value * 1000) / 1000));
}
