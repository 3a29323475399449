import { Entity, Index } from 'typeorm';
import { Id, Json, Ref, Timestamp } from '../database/index.js';

/** The answer to a command that came with an idempotency key, given again when the key comes again. */
@Entity('idempotency_keys')
@Index('idx_idempotency_keys_created_at', ['created_at'])
@Index('idx_idempotency_keys_lead', ['lead_id'], { where: '"lead_id" IS NOT NULL' })
export class IdempotencyRecord {
  @Id() principal_id!: string;
  @Id() operation!: string;
  @Id() idempotency_key!: string;
  @Ref() request_hash!: string;
  @Json({ nullable: true }) response!: object | null;
  @Timestamp() created_at!: string;
  /** The lead that the answer names; see `leadNamedIn`. */
  @Ref({ nullable: true }) lead_id!: string | null;
}
