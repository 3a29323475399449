import { Entity } from 'typeorm';
import { Day, Id, Json, Real, Ref, Timestamp } from '../../database/index.js';
import type { Evidence, FactSource } from './fact.js';
import type { LeadSignals } from './learning/lead-signals.js';

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

/**
 * One belief about a lead, with two times: when it holds (`valid_from` to `valid_to`) and while we believed it
 * (`recorded_at` to `closed_at`). A row is written once and later only closed; what takes its place is a row of its
 * own.
 */
@Entity('memory_facts', { withoutRowid: true })
export class MemoryFact {
  @Id() lead_id!: string;
  @Id() fact_id!: string;
  @Ref() name!: string;
  @Json() value_json!: unknown;
  /** 0 to 1; see combine-evidence.ts. */
  @Real() confidence!: number;
  /** Of the strongest evidence. */
  @Ref() source!: FactSource;
  @Ref({ nullable: true }) source_id!: string | null;
  @Json() evidence_json!: Evidence[];
  @Timestamp() valid_from!: string;
  /** Exclusive; null while no end is known. */
  @Timestamp({ nullable: true }) valid_to!: string | null;
  @Timestamp() recorded_at!: string;
  /** Exclusive; null while it is believed. */
  @Timestamp({ nullable: true }) closed_at!: string | null;
}

/** What a lead's events add up to. */
@Entity('memory_signals', { withoutRowid: true })
export class MemorySignals {
  @Id() lead_id!: string;
  @Json() signals_json!: LeadSignals;
  /** Time of the latest event that was counted; null before the first. */
  @Timestamp({ nullable: true }) counted_until!: string | null;
  @Timestamp() updated_at!: string;
}

/** An event that was counted, so that it is not counted again. */
@Entity('memory_observed_events', { withoutRowid: true })
export class ObservedEvent {
  @Id() lead_id!: string;
  @Id() source_id!: string;
  /** Those counted before there was this column stand at its beginning. */
  @Day({ default: '2026-01-01' }) counted_on!: string;
}

/** That a lead was forgotten, and when, without saying who: only the hash of the id is kept. */
@Entity('memory_forgotten', { withoutRowid: true })
export class ForgottenLead {
  @Id() lead_hash!: string;
  @Timestamp() forgotten_at!: string;
}
