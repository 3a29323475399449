import { Entity, Index } from 'typeorm';
import { Id, Int, Json, Ref, Text, Timestamp } from '../../database/index.js';

export const ENROLMENT_STATES = ['active', 'paused', 'ended'] as const;
export type EnrolmentState = (typeof ENROLMENT_STATES)[number];

/** What a paused enrolment waits for. */
export const PAUSE_REASONS = ['campaign', 'case', 'sequence'] as const;
export type PauseReason = (typeof PAUSE_REASONS)[number];

/** A step that was taken, and what came of it. */
export interface StepTaken {
  readonly step: string;
  readonly at: string;
  /** message: planned · skipped: nothing could be sent, see `detail`. */
  readonly outcome: 'message' | 'skipped';
  readonly message_id?: string;
  readonly decision_id?: string;
  readonly detail?: string;
}

/** Where one person stands in one sequence: the step, the next time, and why. */
@Entity('enrolments')
@Index('enrolments_live', ['live_lead_id'], { unique: true, where: '"live_lead_id" IS NOT NULL' })
@Index('enrolments_lead', ['lead_id', 'entered_at'])
@Index('enrolments_sequence', ['sequence_id', 'state', 'next_at'])
@Index('enrolments_due', ['next_at'], { where: `"next_at" IS NOT NULL` })
@Index('enrolments_campaign', ['campaign_id', 'state', 'enrolment_id'])
@Index('enrolments_company', ['company_key', 'state'], { where: '"company_key" IS NOT NULL' })
export class Enrolment {
  @Id() enrolment_id!: string;
  @Ref() lead_id!: string;
  /** The lead while it is in the sequence, null after that: nobody is in two at once. */
  @Ref({ nullable: true }) live_lead_id!: string | null;
  @Ref({ nullable: true }) campaign_id!: string | null;
  /** Whom the lead works with: the domain of its address, unless anybody can have one there. */
  @Ref({ nullable: true }) company_key!: string | null;
  @Ref() sequence_id!: string;
  @Int() sequence_version!: number;
  /** The last step that was taken; null before the first. */
  @Ref({ nullable: true }) step_id!: string | null;
  /** How often this person has been in this sequence, this time included. */
  @Int() run_no!: number;
  @Ref() state!: EnrolmentState;
  @Ref({ nullable: true }) paused_for!: PauseReason | null;
  /** When the next step is decided; while paused, when it would have been. Null once it has ended. */
  @Timestamp({ nullable: true }) next_at!: string | null;
  @Text({ nullable: true }) why_next!: string | null;
  /** Counts what was scheduled, so that what was promised before does nothing. */
  @Int() turn!: number;
  /** How often the present step has been tried without a message that went out. */
  @Int() tries!: number;
  @Ref({ nullable: true }) message_id!: string | null;
  /** The last steps, oldest first. */
  @Json() trail!: readonly StepTaken[];
  @Ref({ nullable: true }) exit_reason!: string | null;
  @Timestamp() entered_at!: string;
  @Ref() entered_by!: string;
  @Timestamp({ nullable: true }) ended_at!: string | null;
  @Timestamp() updated_at!: string;
}
