import { Entity } from 'typeorm';
import { Id, Json, Real, Ref, Timestamp } from '../../database/index.js';

/** What is known of a lead for good. */
@Entity('memory_long_term')
export class LongTermMemory {
  @Id() lead_id!: string;
  @Ref({ nullable: true }) region!: string | null;
  @Ref({ nullable: true }) industry!: string | null;
  /** 0 to 1. */
  @Real() rfm_score!: number;
  @Json() preferences_json!: Record<string, unknown>;
  @Timestamp() last_updated_at!: string;
}
