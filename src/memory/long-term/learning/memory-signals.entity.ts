import { Entity } from 'typeorm';
import { Id, Json, Timestamp } from '../../../database/index.js';
import type { LeadSignals } from './lead-signals.js';

/** What a lead's events add up to. */
@Entity('memory_signals', { withoutRowid: true })
export class MemorySignals {
  @Id() lead_id!: string;
  @Json() signals_json!: LeadSignals;
  /** Time of the latest event that was counted; null before the first. */
  @Timestamp({ nullable: true }) counted_until!: string | null;
  @Timestamp() updated_at!: string;
}
