import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../config/index.js';
import type { Unit } from '../database/index.js';
import { notFound } from '../operations/index.js';
import type { Inverse, MadeDecision } from './decision-shape.js';
import { Decision } from './decision.entity.js';

export interface LedgerEntry {
  decision: MadeDecision;
  /** How to take back what the unit does on this decision; null if that cannot be taken back. */
  inverse: Inverse | null;
  /** `proposed` while a person has to confirm it; `applied` by default. */
  status?: 'applied' | 'proposed';
  /** How far the agent is trusted with this kind of decision; `automatic` by default. */
  mode?: string;
  /** The handoff or flow that it belongs to. */
  correlationId?: string;
  /** Made here by default; give one to point at the decision from rows that are written before it. */
  decisionId?: string;
}

/** How a proposal ended. */
export type Settlement = { status: 'applied'; inverse: Inverse | null } | { status: 'rejected' };

/** Where whatever an agent decides is written down, in the unit that acts on it. */
@Injectable()
export class Ledger {
  constructor(private readonly clock: Clock) {}

  /** One row for each entry. @returns their ids, in the order of the entries */
  async record(unit: Unit, entries: readonly LedgerEntry[]): Promise<string[]> {
    const now = this.clock.iso();
    const rows = entries.map((entry) => toRow(entry, now));
    await unit.of(Decision).insert(rows);
    return rows.map(({ decision_id }) => decision_id);
  }

  /** Ends a proposal. @returns false when the decision is not, or no longer, a proposal */
  async settle(unit: Unit, decisionId: string, settlement: Settlement): Promise<boolean> {
    const inverse = settlement.status === 'applied' ? settlement.inverse : null;
    const patch = { status: settlement.status, inverse, is_reversible: inverse !== null };
    return (await unit.of(Decision).update({ decision_id: decisionId, status: 'proposed' }, patch)) === 1;
  }

  /**
   * Notes what came of a decision; a later measurement replaces an earlier one.
   * @throws AppError not_found
   */
  async measure(unit: Unit, decisionId: string, outcome: object): Promise<void> {
    const patch = { measured_outcome: outcome, measured_at: this.clock.iso() };
    if ((await unit.of(Decision).update({ decision_id: decisionId }, patch)) === 0) throw notFound('decision', decisionId);
  }
}

function toRow({ decision, inverse, status = 'applied', mode, correlationId, decisionId }: LedgerEntry, now: string): Partial<Decision> & { decision_id: string } {
  return {
    decision_id: decisionId ?? newId('dec'),
    agent_id: decision.agent_id,
    agent_type: decision.agent_type,
    kind: decision.kind,
    subject_type: decision.subject.type,
    subject_id: decision.subject.id,
    policy_name: decision.policy.name,
    policy_version: decision.policy.version,
    seed: decision.seed,
    inputs: decision.inputs,
    facts: decision.facts,
    alternatives: decision.alternatives,
    outcome: decision.outcome,
    choice: decision.choice,
    confidence: decision.confidence,
    reasons: decision.reasons,
    expected_effect: decision.expected_effect,
    inverse,
    is_reversible: inverse !== null,
    status,
    mode,
    correlation_id: correlationId,
    created_at: now,
  };
}
