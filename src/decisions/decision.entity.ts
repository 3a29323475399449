import { Entity, Index } from 'typeorm';
import { Bool, Id, Json, Real, Ref, Text, Timestamp } from '../database/index.js';
import type { Alternative, ExpectedEffect, FactUsed } from './agent-decision.js';
import type { Inverse } from './inverse.js';

/** noted: it was decided to do nothing; there is nothing to undo. */
export const DECISION_STATUSES = ['applied', 'proposed', 'undone', 'rejected', 'noted'] as const;
export type DecisionStatus = (typeof DECISION_STATUSES)[number];

/** One decision of one agent, with all that is needed to explain, undo and replay it. */
@Entity('decisions')
@Index('idx_decisions_created_at', ['created_at', 'agent_type', 'kind', 'status', 'confidence'])
@Index('idx_decisions_subject', ['subject_id', 'created_at'])
export class Decision {
  @Id() decision_id!: string;
  @Ref() agent_id!: string;
  @Ref() agent_type!: string;
  @Ref() kind!: string;
  @Ref() subject_type!: string;
  @Ref() subject_id!: string;
  @Ref() policy_name!: string;
  @Ref() policy_version!: string;
  @Ref() seed!: string;
  /**
   * What the policy decided on, as it stood then: a replay reads this and nothing else. What `parts` names is null here
   * until `DecisionParts` puts it back.
   */
  @Json() inputs!: unknown;
  /** Where parts that other decisions have too are kept: their hashes by field. Null where all stands in the row. */
  @Json({ nullable: true }) parts!: Readonly<Record<string, string>> | null;
  @Json() facts!: readonly FactUsed[];
  @Json() alternatives!: readonly Alternative[];
  /** The choice in full, as the policy returned it. */
  @Json() outcome!: unknown;
  @Text() choice!: string;
  @Real() confidence!: number;
  @Json() reasons!: readonly string[];
  @Json({ nullable: true }) expected_effect!: ExpectedEffect | null;
  /** How to take it back; null while proposed and for what cannot be taken back. */
  @Json({ nullable: true }) inverse!: Inverse | null;
  @Bool({ default: false }) is_reversible!: boolean;
  @Ref({ default: 'applied' }) status!: DecisionStatus;
  /** How far the agent was trusted with this kind of decision when it made it. */
  @Ref({ default: 'automatic' }) mode!: string;
  @Json({ nullable: true }) measured_outcome!: object | null;
  @Timestamp({ nullable: true }) measured_at!: string | null;
  /** The handoff or flow that this decision belongs to. */
  @Ref({ nullable: true }) correlation_id!: string | null;
  @Timestamp() created_at!: string;
  /**
   * The grounds (`inputs`, `facts`, `alternatives`, `outcome`, `reasons`, `expected_effect`), packed; see
   * `DecisionPacking`.
   */
  @Text({ nullable: true }) packed?: string | null;
  @Timestamp({ nullable: true }) undone_at!: string | null;
  @Ref({ nullable: true }) undone_by!: string | null;
  @Text({ nullable: true }) undo_reason!: string | null;
}
