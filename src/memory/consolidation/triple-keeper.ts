import { Injectable } from '@nestjs/common';
import type { Unit } from '../../database/index.js';
import { SemanticTriple, TripleProvenance } from '../semantic/semantic.entities.js';
import { SemanticStore } from '../semantic/semantic.store.js';
import type { BatchResult } from './consolidation-reports.js';
import type { RecurrentFact, StepLesson } from './generalise.js';

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

export interface ExistingTriple {
  readonly triple_id: string;
  readonly subject: string;
  readonly predicate: string;
  readonly object: string;
  readonly weight: number;
}

export interface TriplePlan {
  readonly state: readonly TripleWish[];
  readonly end: readonly ExistingTriple[];
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
 * @param existing the valid triples of this source and these predicates
 */
export function planTriples(existing: readonly ExistingTriple[], wishes: readonly TripleWish[]): TriplePlan {
  const byStatement = new Map(existing.map((triple) => [statementOf(triple), triple]));
  const state: TripleWish[] = [];
  const kept = new Set<string>();
  for (const wish of wishes) {
    const known = byStatement.get(statementOf(wish));
    if (known && Math.abs(known.weight - wish.weight) < MOVED_BY) kept.add(known.triple_id);
    else state.push(wish);
  }
  return { state, end: existing.filter(({ triple_id }) => !kept.has(triple_id)) };
}

function statementOf({ subject, predicate, object }: Pick<TripleWish, 'subject' | 'predicate' | 'object'>): string {
  return `${subject}\0${predicate}\0${object}`;
}

function weightOf(value: number): number {
  return Math.min(1, Math.max(MIN_WEIGHT, Math.round(value * 1000) / 1000));
}

/** Makes the graph say what consolidation wishes: states what is new or has moved, ends what is wished no longer. */
@Injectable()
export class TripleKeeper {
  constructor(private readonly triples: SemanticStore) {}

  /** @param predicates those that these wishes are all about: other triples of the source are left alone */
  async keep(
    unit: Unit,
    runId: string,
    predicates: readonly string[],
    wishes: readonly TripleWish[],
    now: string,
  ): Promise<BatchResult> {
    const { state, end } = planTriples(await this.existing(unit, predicates, now), wishes);
    await unit.of(SemanticTriple).update({ triple_id: end.map(({ triple_id }) => triple_id) }, { valid_to: now });
    const rows = await this.triples.remember(
      unit,
      state.map(({ reason: _, episode_ids: __, ...wish }) => ({
        ...wish,
        source: CONSOLIDATION,
        provenance: { kind: 'consolidation' as const, ref_id: runId },
      })),
      { now },
    );
    await unit
      .of(TripleProvenance)
      .insertNew(
        state.flatMap(({ episode_ids, weight }, index) =>
          episode_ids.map((ref_id) => ({
            triple_id: rows[index]!.triple_id,
            kind: 'episode' as const,
            ref_id,
            lead_id: null,
            weight,
            recorded_at: now,
          })),
        ),
      );
    const stated = state.map((wish, index) => ({
      kind: 'triple' as const,
      lead_id: null,
      what: `${describe(wish)} (${wish.weight})`,
      reason: wish.reason,
      provenance: [rows[index]!.triple_id, ...wish.episode_ids],
    }));
    const ended = end.map((triple) => ({
      kind: 'triple_ended' as const,
      lead_id: null,
      what: describe(triple),
      reason: reasonOfEnd(triple, state),
      provenance: [triple.triple_id],
    }));
    return { counts: { triples_stated: state.length, triples_ended: end.length }, items: [...stated, ...ended] };
  }

  private async existing(unit: Unit, predicates: readonly string[], now: string): Promise<ExistingTriple[]> {
    const rows = await unit
      .of(SemanticTriple)
      .find({ predicate: [...predicates], source: CONSOLIDATION }, { order: { triple_id: 'asc' }, lock: true });
    return rows.filter(({ valid_to }) => valid_to === null || valid_to > now);
  }
}

function describe({ subject, predicate, object }: Pick<TripleWish, 'subject' | 'predicate' | 'object'>): string {
  return `${subject} —${predicate}→ ${object}`;
}

function reasonOfEnd(triple: ExistingTriple, state: readonly TripleWish[]): string {
  const isRestated = state.some(
    ({ subject, predicate, object }) =>
      subject === triple.subject && predicate === triple.predicate && object === triple.object,
  );
  return isRestated ? 'its weight has moved; it is stated anew' : 'what is remembered does not bear it out any more';
}
