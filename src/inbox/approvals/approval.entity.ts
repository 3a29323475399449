import { Entity, Index } from 'typeorm';
import { Id, Int, Json, Real, Ref, Text, Timestamp } from '../../database/index.js';
import type { ApprovalStatus } from '../vocabulary.js';
import { DEFAULT_PRIORITY, type Priority } from '../../vocabulary/index.js';

/** An effect that waits for a person's yes, bound by hash to itself and to the state that it was judged on. */
@Entity('approvals')
@Index('idx_approvals_decision', ['decision_id'])
@Index('idx_approvals_created_at', ['created_at', 'approval_id'])
@Index('idx_approvals_status', ['status', 'expires_at'])
@Index('idx_approvals_lead', ['lead_id'])
@Index('idx_approvals_line', ['sort_key', 'approval_id'], { where: '"sort_key" IS NOT NULL' })
@Index('idx_approvals_effect', ['effect_hash', 'requested_by'])
export class Approval {
  @Id() approval_id!: string;
  /** Finds the effect's handler. */
  @Ref() kind!: string;
  @Text() title!: string;
  @Json() effect!: Record<string, unknown>;
  @Ref() effect_hash!: string;
  /** The state that the effect was judged on. */
  @Json() state_ref!: unknown;
  @Ref() state_hash!: string;
  @Json() evidence!: Record<string, unknown>;
  @Json() blast_radius!: Record<string, unknown>;
  /** How it could be taken back, for the person who decides; null if it could not. */
  @Json({ nullable: true }) undo!: Record<string, unknown> | null;
  @Ref({ nullable: true }) decision_id!: string | null;
  @Ref({ nullable: true }) escalation_id!: string | null;
  @Ref({ nullable: true }) lead_id!: string | null;
  @Ref({ nullable: true }) campaign_id!: string | null;
  @Ref() requested_by!: string;
  @Ref({ default: DEFAULT_PRIORITY }) priority!: Priority;
  /** What is expected of it, in USD. */
  @Real({ default: 0 }) worth!: number;
  /** Its place in the line of what waits; null once it does not. */
  @Ref({ nullable: true }) sort_key!: string | null;
  @Ref({ default: 'pending' }) status!: ApprovalStatus;
  @Timestamp() expires_at!: string;
  @Ref({ nullable: true }) decided_by!: string | null;
  @Timestamp({ nullable: true }) decided_at!: string | null;
  @Text({ nullable: true }) decision_note!: string | null;
  /** Why it lapsed, expired or failed. */
  @Text({ nullable: true }) closed_reason!: string | null;
  @Timestamp({ nullable: true }) executed_at!: string | null;
  @Json({ nullable: true }) result!: Record<string, unknown> | null;
  /** When its requester was given the outcome of a call that waited here. */
  @Timestamp({ nullable: true }) collected_at!: string | null;
  @Timestamp() created_at!: string;
  @Int({ default: 1 }) version!: number;
}
