import { Entity, Index } from 'typeorm';
import { Id, Int, Json, Ref, Text, Timestamp } from '../../database/index.js';

/** delivered: it lies in the inbox of people, and none of them has taken it yet. */
export const HANDOFF_STATUSES = ['requested', 'delivered', 'acknowledged', 'completed', 'failed'] as const;
/** What can still be done or taken back. */
export const UNFINISHED_HANDOFFS: readonly HandoffStatus[] = ['requested', 'delivered', 'acknowledged'];
export type HandoffStatus = (typeof HANDOFF_STATUSES)[number];

/** What must not get lost on the way from one agent to the next. */
export interface PreservedContext {
  short_term_memory: Record<string, unknown>;
  conversation_history: unknown[];
  next_actions: unknown[];
}

/**
 * Work that one agent gives to another, with all it knows. `context_hash` is taken when it is asked for and compared
 * when it arrives, so that a receiver never works on half a context.
 */
@Entity('handoffs')
@Index('idx_handoffs_lead', ['lead_id'])
@Index('idx_handoffs_created_at', ['created_at', 'from_agent_type', 'to_agent_type', 'purpose'])
@Index('idx_handoffs_status', ['status', 'created_at'])
export class Handoff {
  @Id() handoff_id!: string;
  @Ref() from_agent!: string;
  @Ref() from_agent_type!: string;
  @Ref() to_agent!: string;
  @Ref() to_agent_type!: string;
  /** engagement, nurture, support, optimization or request (asked for from outside). */
  @Ref() purpose!: string;
  @Ref({ nullable: true }) lead_id!: string | null;
  @Ref({ nullable: true }) campaign_id!: string | null;
  @Ref({ nullable: true }) conversation_id!: string | null;
  @Json() context!: Record<string, unknown>;
  @Json() preservation_data!: PreservedContext;
  @Ref() context_hash!: string;
  @Ref() status!: HandoffStatus;
  @Int({ default: 0 }) priority!: number;
  @Timestamp() created_at!: string;
  @Timestamp({ nullable: true }) acknowledged_at!: string | null;
  @Timestamp({ nullable: true }) completed_at!: string | null;
  @Ref({ nullable: true }) decision_id!: string | null;
  @Json({ nullable: true }) result!: Record<string, unknown> | null;
  @Text({ nullable: true }) failure!: string | null;
}
