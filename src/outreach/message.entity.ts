import { Entity, Index } from 'typeorm';
import { Id, Int, Json, Real, Ref, Text, Timestamp } from '../database/index.js';
import type { Verdict } from './gate.js';
import type { HoldRule } from './hold-rules.js';
import type { Channel } from '../vocabulary/index.js';

/**
 * planned: waits for its time · held: the gate said no, `earliest` says until when (null: until something changes) ·
 * sending: a worker holds the send slot and talks to the wire · sent · failed: given up · cancelled ·
 * uncertain: the wire may or may not have taken it, a person decides.
 */
export const MESSAGE_STATUSES = ['planned', 'held', 'sending', 'sent', 'failed', 'cancelled', 'uncertain'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

export const FAILURES = ['error', 'bounce', 'complaint'] as const;
/** What went wrong on the way or after it; the circuit breaker of the channel counts these. */
export type Failure = (typeof FAILURES)[number];

/** Where a message stands in a sequence of several. */
export interface SequenceStep {
  name: string;
  step: number;
  of?: number;
}

/** One wish to say something to one lead on one channel, and what became of it. */
@Entity('messages')
@Index('messages_sent_at', ['sent_at'], { where: '"sent_at" IS NOT NULL' })
@Index('messages_channel_created', ['channel', 'created_at'])
@Index('messages_status_created', ['status', 'created_at'])
@Index('messages_idempotency_key_unique', ['idempotency_key'], { unique: true })
@Index('messages_created', ['created_at'])
@Index('messages_lead', ['lead_id', 'claimed_at'])
@Index('messages_address', ['to_address_hash', 'claimed_at'], { where: '"claimed_at" IS NOT NULL' })
@Index('messages_campaign', ['campaign_id', 'created_at'])
@Index('messages_status', ['status', 'planned_for'])
@Index('messages_channel_settled', ['channel', 'settled_at'], { where: '"settled_at" IS NOT NULL' })
export class Message {
  @Id() message_id!: string;
  @Ref() lead_id!: string;
  @Ref({ nullable: true }) campaign_id!: string | null;
  @Ref({ nullable: true }) conversation_id!: string | null;
  @Ref({ nullable: true }) variant_id!: string | null;
  @Text() channel!: Channel;
  @Text({ nullable: true }) subject!: string | null;
  @Text() body!: string;
  /** Known from the first judgement on; null before. */
  @Text({ nullable: true }) to_address_hash!: string | null;
  @Timestamp() planned_for!: string;
  /** After this instant the message is never sent. */
  @Timestamp() expires_at!: string;
  @Text() status!: MessageStatus;
  /** The gate's last word. */
  @Json({ nullable: true }) verdict!: Verdict | null;
  @Text({ nullable: true }) hold_rule!: HoldRule | null;
  /** When a held message is judged again; null: nothing that time alone brings will let it go. */
  @Timestamp({ nullable: true }) earliest!: string | null;
  @Int() attempts!: number;
  /** When the send slot was taken: the instant that the frequency cap counts. */
  @Timestamp({ nullable: true }) claimed_at!: string | null;
  /** The process that took it. */
  @Text({ nullable: true }) claimed_by!: string | null;
  @Timestamp({ nullable: true }) sent_at!: string | null;
  /** When the wire said yes or no for good. */
  @Timestamp({ nullable: true }) settled_at!: string | null;
  @Text({ nullable: true }) failure!: Failure | null;
  @Text({ nullable: true }) failure_reason!: string | null;
  @Timestamp({ nullable: true }) failed_at!: string | null;
  /** Which adapter took it: local, smtp or webhook. */
  @Text({ nullable: true }) transport!: string | null;
  @Text({ nullable: true }) provider_id!: string | null;
  @Text() idempotency_key!: string;
  @Ref({ nullable: true }) decision_id!: string | null;
  /** What sending it is thought to be worth, in USD; decides who goes first when slots are scarce. */
  @Real() expected_value!: number;
  @Json({ nullable: true }) sequence!: SequenceStep | null;
  /** Who wished it: an agent's id, `person:<user>` or `api:<key>`. */
  @Text() origin!: string;
  @Timestamp() created_at!: string;
  @Timestamp() updated_at!: string;
}
