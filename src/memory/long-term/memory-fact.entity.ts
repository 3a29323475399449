import { Entity } from 'typeorm';
import { Id, Json, Real, Ref, Timestamp } from '../../database/index.js';
import type { Evidence, FactSource } from './fact.js';

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
