import { Entity, Index } from 'typeorm';
import { Bool, Id, Int, Json, Real, Ref, Text, Timestamp } from '../../database/index.js';
import type { EscalationStatus, Resolution } from '../vocabulary.js';
import { DEFAULT_PRIORITY, type EscalationReason, type Priority } from '../../vocabulary/index.js';

/** A case that an agent hands to a person, from the asking to the answer. */
@Entity('escalations')
@Index('idx_escalations_created_at', ['created_at'])
@Index('idx_escalations_status', ['status', 'due_at'])
@Index('idx_escalations_lead', ['lead_id'])
@Index('idx_escalations_line', ['sort_key', 'escalation_id'], { where: '"sort_key" IS NOT NULL' })
@Index('idx_escalations_assigned', ['assigned_to', 'sort_key'], { where: '"assigned_to" IS NOT NULL' })
@Index('idx_escalations_snoozed', ['snoozed_until'], { where: '"snoozed_until" IS NOT NULL' })
export class Escalation {
  @Id() escalation_id!: string;
  @Ref({ nullable: true }) lead_id!: string | null;
  @Ref({ nullable: true }) campaign_id!: string | null;
  @Ref({ nullable: true }) conversation_id!: string | null;
  @Ref({ nullable: true }) decision_id!: string | null;
  @Ref() reason!: EscalationReason;
  /** Who and what, in one line. */
  @Text({ default: '' }) title!: string;
  @Text() summary!: string;
  @Json() context!: Record<string, unknown>;
  @Ref() raised_by!: string;
  @Ref({ default: 'open' }) status!: EscalationStatus;
  @Ref({ default: DEFAULT_PRIORITY }) priority!: Priority;
  /** What is expected of it, in USD. */
  @Real({ default: 0 }) worth!: number;
  /** While it is open, nothing is sent to its lead. */
  @Bool({ default: false }) blocks!: boolean;
  /** How often it was raised while it was unresolved. */
  @Int({ default: 1 }) times!: number;
  /** Since the raising, or since the answer that ended a snooze. */
  @Timestamp({ default: '' }) waiting_since!: string;
  /** Its place in the line of what waits; null where it does not wait: resolved, or put off. */
  @Ref({ nullable: true }) sort_key!: string | null;
  /** Put off until then. */
  @Timestamp({ nullable: true }) snoozed_until!: string | null;
  /** Put off until the lead answers, if that is sooner. */
  @Bool({ default: false }) until_answer!: boolean;
  /** How often it has climbed because nobody settled it in time. */
  @Int({ default: 0 }) level!: number;
  @Ref({ nullable: true }) assigned_to!: string | null;
  @Timestamp({ nullable: true }) claimed_at!: string | null;
  @Timestamp() due_at!: string;
  /** When the present level's reminder went out. */
  @Timestamp({ nullable: true }) reminded_at!: string | null;
  @Timestamp({ nullable: true }) resolved_at!: string | null;
  @Ref({ nullable: true }) resolution!: Resolution | null;
  @Text({ nullable: true }) resolution_note!: string | null;
  /** What `change` changes and whom `return` returns to. */
  @Json({ nullable: true }) resolution_detail!: ResolutionDetail | null;
  @Ref({ nullable: true }) resolved_by!: string | null;
  @Timestamp() created_at!: string;
  @Int({ default: 1 }) version!: number;
}

export interface ResolutionDetail {
  readonly changes?: Readonly<Record<string, unknown>>;
  readonly return_to?: string;
}
