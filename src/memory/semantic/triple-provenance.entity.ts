import { Entity, Index } from 'typeorm';
import { Id, Real, Ref, Timestamp } from '../../database/index.js';

export const PROVENANCE_KINDS = [
  'episode',
  'conversation',
  'interaction',
  'lead',
  'import',
  'call',
  'consolidation',
] as const;
export type ProvenanceKind = (typeof PROVENANCE_KINDS)[number];

/** What a triple was learned from: one row per statement that named its origin. */
@Entity('semantic_kg_provenance')
@Index('idx_semantic_kg_provenance_lead', ['lead_id'])
export class TripleProvenance {
  @Id() triple_id!: string;
  @Id() kind!: ProvenanceKind;
  /** The id of the episode, the conversation, the call, … */
  @Id() ref_id!: string;
  /** Whose doings it tells of, so that erasing the person finds it. */
  @Ref({ nullable: true }) lead_id!: string | null;
  /** What this statement alone claimed. */
  @Real() weight!: number;
  @Timestamp() recorded_at!: string;
}
