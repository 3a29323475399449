import { Entity, Index } from 'typeorm';
import { Id, Json, Ref, Text, Timestamp } from '../../../database/index.js';
import type { FieldError } from '../../../errors/index.js';

export const CALL_TASK_STATUSES = ['working', 'completed', 'refused', 'failed', 'cancelled'] as const;
/** `refused` is an answer too: the operation said no. `failed` is a fault of ours. */
export type CallTaskStatus = (typeof CALL_TASK_STATUSES)[number];

export interface CallProblem {
  kind: string;
  code: string;
  message: string;
  errors: FieldError[];
}

/** A long call whose answer is fetched later. */
@Entity('call_tasks')
@Index('idx_call_tasks_status', ['status', 'updated_at'])
@Index('idx_call_tasks_expires_at', ['expires_at'])
@Index('idx_call_tasks_lead', ['lead_id'], { where: '"lead_id" IS NOT NULL' })
export class CallTask {
  @Id() task_id!: string;
  /** Only this one sees it. */
  @Ref() principal_id!: string;
  @Ref() operation!: string;
  @Ref() status!: CallTaskStatus;
  /** How far it has come, in words. */
  @Text({ nullable: true }) message!: string | null;
  @Json({ nullable: true }) answer!: object | null;
  @Json({ nullable: true }) problem!: CallProblem | null;
  @Timestamp() created_at!: string;
  @Timestamp() updated_at!: string;
  @Timestamp() expires_at!: string;
  /** The lead that the answer names; see `leadNamedIn`. */
  @Ref({ nullable: true }) lead_id!: string | null;
}
