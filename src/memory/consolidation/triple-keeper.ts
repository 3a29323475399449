import { Injectable } from '@nestjs/common';
import type { Unit } from '../../database/index.js';
import { SemanticStore } from '../semantic/semantic.store.js';
import { SemanticTriple } from '../semantic/semantic-triple.entity.js';
import { TripleProvenance } from '../semantic/triple-provenance.entity.js';
import type { BatchResult } from './consolidation-reports.js';
import { CONSOLIDATION, type StandingTriple, type TripleWish, planTriples } from './plan-triples.js';

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
    const { state, end } = planTriples(await this.standing(unit, predicates, now), wishes);
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

  private async standing(unit: Unit, predicates: readonly string[], now: string): Promise<StandingTriple[]> {
    const rows = await unit
      .of(SemanticTriple)
      .find({ predicate: [...predicates], source: CONSOLIDATION }, { order: { triple_id: 'asc' }, lock: true });
    return rows.filter(({ valid_to }) => valid_to === null || valid_to > now);
  }
}

function describe({ subject, predicate, object }: Pick<TripleWish, 'subject' | 'predicate' | 'object'>): string {
  return `${subject} —${predicate}→ ${object}`;
}

function reasonOfEnd(triple: StandingTriple, state: readonly TripleWish[]): string {
  const isRestated = state.some(
    ({ subject, predicate, object }) =>
      subject === triple.subject && predicate === triple.predicate && object === triple.object,
  );
  return isRestated ? 'its weight has moved; it is stated anew' : 'what is remembered does not bear it out any more';
}
