import { Entity, Index } from 'typeorm';
import { Id, Ref, Text, Timestamp } from '../database/index.js';
import type { SuppressionChannel, SuppressionReason } from '../vocabulary/index.js';

/**
 * An address that must not be written to. It knows the address by its hash only and outlives the lead:
 * deleting or re-importing the lead changes nothing here.
 */
@Entity('suppressions')
@Index('suppressions_address_unique', ['address_hash', 'channel'], { unique: true })
@Index('suppressions_lead', ['lead_id'], { where: '"lead_id" IS NOT NULL' })
@Index('suppressions_created', ['created_at', 'suppression_id'])
export class Suppression {
  @Id() suppression_id!: string;
  @Text() channel!: SuppressionChannel;
  /** SHA-256 of the normalised address, in hex. */
  @Text() address_hash!: string;
  @Text() reason!: SuppressionReason;
  /** Who or what asked for it: `one-click`, `event:<message>`, `person:<user>` … */
  @Text() source!: string;
  /** The lead it came from, for a person to read; never used to judge. */
  @Ref({ nullable: true }) lead_id!: string | null;
  @Text({ nullable: true }) note!: string | null;
  @Timestamp() created_at!: string;
}
