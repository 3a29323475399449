import { Entity, Index } from 'typeorm';
import { Id, Int, Json, Ref, Text, Timestamp } from '../../database/index.js';
import type { EscalationStatus, Resolution } from '../vocabulary.js';
import { DEFAULT_PRIORITY, type Priority } from '../../vocabulary/index.js';

/** A case that an agent hands to a person, from the asking to the answer. */
@Entity('escalations')
@Index('idx_escalations_created_at', ['created_at'])
@Index('idx_escalations_status', ['status', 'due_at'])
@Index('idx_escalations_lead', ['lead_id'])
export class Escalation {
  @Id() escalation_id!: string;
  @Ref({ nullable: true }) lead_id!: string | null;
  @Ref({ nullable: true }) campaign_id!: string | null;
  @Ref({ nullable: true }) conversation_id!: string | null;
  @Ref({ nullable: true }) decision_id!: string | null;
  @Ref() reason!: string;
  @Text() summary!: string;
  @Json() context!: Record<string, unknown>;
  @Ref() raised_by!: string;
  @Ref({ default: 'open' }) status!: EscalationStatus;
  @Ref({ default: DEFAULT_PRIORITY }) priority!: Priority;
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
