import { Entity, Index } from 'typeorm';
import { Id, Int, Json, Ref, Text, Timestamp } from '../../database/index.js';
import type { ConsolidatedItem } from './consolidate.js';

export const CONSOLIDATION_STATUSES = ['running', 'done', 'failed', 'abandoned'] as const;
export type ConsolidationStatus = (typeof CONSOLIDATION_STATUSES)[number];

/** What a run did, by number; each batch adds its part in its own unit. */
export interface ConsolidationCounts {
  entries: number;
  facts: number;
  slots_left_out: number;
  triples_stated: number;
  triples_ended: number;
  triples_decayed: number;
}

/** One run over memory: when, why, and what it made. */
@Entity('memory_consolidations')
@Index('idx_memory_consolidations_started_at', ['started_at', 'run_id'])
export class Consolidation {
  @Id() run_id!: string;
  /** `schedule`, or whoever asked for it. */
  @Ref() requested_by!: string;
  @Ref() status!: ConsolidationStatus;
  /** The moment that times to live were held against: the end of an imported history, or the start. */
  @Timestamp() as_of!: string;
  @Timestamp() started_at!: string;
  @Timestamp({ nullable: true }) finished_at!: string | null;
  /** Work of all tries together, in ms. */
  @Int() duration_ms!: number;
  @Int() batches!: number;
  @Json() counts_json!: ConsolidationCounts;
  @Text({ nullable: true }) failure!: string | null;
}

/** One thing that a run made or ended; the first of them are kept, all are counted. */
@Entity('memory_consolidation_items')
@Index('idx_memory_consolidation_items_run', ['run_id', 'item_id'])
@Index('idx_memory_consolidation_items_lead', ['lead_id'])
export class ConsolidationItem {
  @Id() item_id!: string;
  @Ref() run_id!: string;
  @Ref() kind!: ConsolidatedItem['kind'];
  @Ref({ nullable: true }) lead_id!: string | null;
  @Text() what!: string;
  @Text() reason!: string;
  @Json() provenance_json!: readonly string[];
}
