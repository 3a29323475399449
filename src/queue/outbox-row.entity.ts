import { Entity, Index } from 'typeorm';
import { Id, Int, Json, Ref, Text, Timestamp } from '../database/index.js';

/**
 * open: to be enqueued at `available_at` · enqueued: handed to the queue · done: its effect is recorded · dead: given
 * up.
 */
export type OutboxStatus = 'open' | 'enqueued' | 'done' | 'dead';
export const OUTBOX_STATUSES: readonly OutboxStatus[] = ['open', 'enqueued', 'done', 'dead'];
export const PENDING: readonly OutboxStatus[] = ['open', 'enqueued'];

/** Work that was promised in the unit that wrote this row. The row, not the queue, is the truth about it. */
@Entity('outbox')
@Index('outbox_idempotency_key', ['idempotency_key'], { unique: true })
@Index('outbox_lead', ['lead_id'], { where: '"lead_id" IS NOT NULL' })
@Index('outbox_by_state', ['status', 'topic', 'available_at'])
export class OutboxRow {
  @Id() outbox_id!: string;
  @Ref() topic!: string;
  @Ref() idempotency_key!: string;
  @Json() payload!: unknown;
  @Ref({ default: 'open' }) status!: OutboxStatus;
  @Timestamp() available_at!: string;
  @Timestamp() created_at!: string;
  @Timestamp({ nullable: true }) enqueued_at!: string | null;
  /** When its effect was recorded, or when it was given up. */
  @Timestamp({ nullable: true }) done_at!: string | null;
  /** Failed tries of this round. */
  @Int({ default: 0 }) attempts!: number;
  /** How often a person has sent it back from the dead letters. */
  @Int({ default: 0 }) round!: number;
  @Text({ nullable: true }) last_error!: string | null;
  /** Whom it is about, where key, payload or error may name a lead. */
  @Ref({ nullable: true }) lead_id!: string | null;
}
