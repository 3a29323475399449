import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../config/index.js';
import { type Reader, type Unit, gte, marks } from '../database/index.js';
import { LiveEvents } from '../live-events/index.js';
import { conflict, notFound } from '../errors/index.js';
import type { AgentDecision } from './agent-decision.js';
import { DecisionParts } from './decision-parts.js';
import { Decision } from './decision.entity.js';
import { type DecisionNames, decisionEvent } from './decision-event.js';
import { type Inverse, followedBy } from './inverse.js';

export interface LedgerEntry {
  decision: AgentDecision;
  /** How to take back what the unit does on this decision; null if that cannot be taken back. */
  inverse: Inverse | null;
  /** `proposed` while a person has to confirm it, `noted` where nothing was done; `applied` by default. */
  status?: 'applied' | 'proposed' | 'noted';
  /** How far the agent is trusted with this kind of decision; `automatic` by default. */
  mode?: string;
  /** The handoff or flow that it belongs to. */
  correlationId?: string;
  /** Made here by default; give one to point at the decision from rows that are written before it. */
  decisionId?: string;
}

/** Which decisions are asked about. */
interface InForce {
  readonly kind: string;
  readonly subject_type: string;
  readonly subject_ids: readonly string[];
}

/** What one type of agent decided in a span of time. */
export interface DecisionTally {
  readonly count: number;
  /** 0 to 1. */
  readonly meanConfidence: number;
  readonly undone: number;
}

/** Where whatever an agent decides is written down, in the unit that acts on it. */
@Injectable()
export class Ledger {
  constructor(
    private readonly parts: DecisionParts,
    private readonly clock: Clock,
    private readonly liveEvents: LiveEvents,
  ) {}

  /** One row for each entry. @returns their ids, in the order of the entries */
  async record(unit: Unit, entries: readonly LedgerEntry[]): Promise<string[]> {
    const now = this.clock.iso();
    const stored = await this.parts.store(
      unit,
      entries.map(({ decision }) => decision),
      now,
    );
    const rows = entries.map((entry, index) => ({ ...toRow(entry, now), ...stored[index]! }));
    await unit.of(Decision).insert(rows);
    this.liveEvents.publish(
      unit,
      rows.map((row) => decisionEvent('decision.recorded', row)),
    );
    return rows.map(({ decision_id }) => decision_id);
  }

  /** A decision as it was handed over; undefined for an unknown id. */
  async get(reader: Reader, decisionId: string): Promise<Decision | undefined> {
    const decision = await reader.of(Decision).get(decisionId);
    return decision && (await this.parts.resolve(reader, [decision]))[0];
  }

  /** The latest decisions of a kind on a subject that were carried out, can be taken back, and are not measured yet. */
  async unmeasured(
    unit: Unit,
    about: Pick<Decision, 'kind' | 'subject_type' | 'subject_id'>,
    limit: number,
  ): Promise<Decision[]> {
    const where = { ...about, status: 'applied' as const, is_reversible: true, measured_at: null };
    return this.parts.resolve(unit, await unit.of(Decision).find(where, { order: { created_at: 'desc' }, limit }));
  }

  /** The latest decisions of a kind on a subject that were made from an instant on, with what they were made on. */
  async since(
    reader: Reader,
    { status, from, ...about }: Pick<Decision, 'kind' | 'subject_id' | 'status'> & { readonly from: string },
    limit: number,
  ): Promise<Decision[]> {
    const where = { ...about, status, created_at: gte(from) };
    return this.parts.resolve(reader, await reader.of(Decision).find(where, { order: { created_at: 'desc' }, limit }));
  }

  /** The decisions of a kind on these subjects that were carried out and can be taken back. */
  async inForce(
    reader: Reader,
    { kind, subject_type, subject_ids }: InForce,
  ): Promise<Pick<Decision, 'decision_id' | 'subject_id' | 'created_at'>[]> {
    if (subject_ids.length === 0) return [];
    const rows = await reader.query(
      `SELECT decision_id, subject_id, created_at FROM decisions
       WHERE subject_type = ? AND subject_id IN (${marks(subject_ids)}) AND kind = ?
         AND status = 'applied' AND is_reversible`,
      [subject_type, ...subject_ids, kind],
    );
    return rows as unknown as Pick<Decision, 'decision_id' | 'subject_id' | 'created_at'>[];
  }

  /** What each type of agent decided from then on, counted from an index. */
  async tallySince(reader: Reader, since: string): Promise<Map<string, DecisionTally>> {
    const rows = await reader.query(
      `SELECT agent_type, COUNT(*) AS n, AVG(confidence) AS confidence, SUM(CASE WHEN status = 'undone' THEN 1 ELSE 0 END) AS undone
       FROM decisions WHERE created_at >= ? GROUP BY agent_type`,
      [since],
    );
    return new Map(
      rows.map(({ agent_type, n, confidence, undone }) => [
        String(agent_type),
        { count: Number(n), meanConfidence: Number(confidence), undone: Number(undone) },
      ]),
    );
  }

  /**
   * Notes an effect of the decision that is carried out only now, such as a proposal that a person approved. Undoing
   * the decision takes it back too, and before the earlier ones; what has one effect that cannot be taken back cannot
   * be undone.
   * @throws AppError not_found; conflict when the decision was undone, after which nothing may follow from it
   */
  async addEffect(unit: Unit, decisionId: string, inverse: Inverse | null): Promise<void> {
    const decision = await lock(unit, decisionId);
    if (decision.status === 'undone')
      throw conflict(
        'decision_undone',
        `the decision behind it was undone on ${decision.undone_at} by ${decision.undone_by}`,
      );
    const all =
      decision.status !== 'applied' ? inverse : inverse && decision.inverse && followedBy(decision.inverse, inverse);
    await unit
      .of(Decision)
      .update({ decision_id: decisionId }, { status: 'applied', inverse: all, is_reversible: all !== null });
  }

  /** Notes that proposals were turned down. Does nothing to a decision of which a part has been carried out. */
  async reject(unit: Unit, decisionIds: readonly string[]): Promise<void> {
    if (decisionIds.length === 0) return;
    await unit
      .of(Decision)
      .update(
        { decision_id: decisionIds, status: 'proposed' },
        { status: 'rejected', inverse: null, is_reversible: false },
      );
  }

  /**
   * Notes what came of a decision; a later measurement replaces an earlier one, unless `replaces` says that it tells
   * less.
   * @throws AppError not_found
   */
  async measure(
    unit: Unit,
    decisionId: string,
    outcome: object,
    replaces?: (earlier: object) => boolean,
  ): Promise<void> {
    if (replaces) {
      const { measured_outcome: earlier } = await lock(unit, decisionId);
      if (earlier && !replaces(earlier)) return;
    }
    const patch = { measured_outcome: outcome, measured_at: this.clock.iso() };
    if ((await unit.of(Decision).update({ decision_id: decisionId }, patch)) === 0)
      throw notFound('decision', decisionId);
  }
}

async function lock(unit: Unit, decisionId: string): Promise<Decision> {
  const [decision] = await unit.of(Decision).find({ decision_id: decisionId }, { lock: true });
  if (!decision) throw notFound('decision', decisionId);
  return decision;
}

function toRow(entry: LedgerEntry, now: string): Partial<Decision> & DecisionNames {
  const { decision, inverse, status = 'applied', mode, correlationId, decisionId = newId('dec') } = entry;
  return {
    decision_id: decisionId,
    agent_id: decision.agent_id,
    agent_type: decision.agent_type,
    kind: decision.kind,
    subject_type: decision.subject.type,
    subject_id: decision.subject.id,
    policy_name: decision.policy.name,
    policy_version: decision.policy.version,
    seed: decision.seed,
    alternatives: decision.alternatives,
    choice: decision.choice,
    confidence: decision.confidence,
    expected_effect: decision.expected_effect,
    inverse,
    is_reversible: inverse !== null,
    status,
    mode,
    correlation_id: correlationId,
    created_at: now,
  };
}
