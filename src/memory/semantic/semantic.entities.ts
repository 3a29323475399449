import { Entity, Index } from 'typeorm';
import { Id, Int, Real, Ref, Timestamp } from '../../database/index.js';

/**
 * One edge of the knowledge graph. The first six columns are the data set's, and an import fills no others: a row
 * without `recorded_at` came with one. Each of the two ends has an index in which the valid edges of an entity lie in
 * the order of their weight, with all that walking along them needs.
 */
@Entity('semantic_kg_triples')
@Index('idx_semantic_kg_triples_out', ['subject', 'valid_to', 'weight', 'triple_id', 'object', 'valid_from'])
@Index('idx_semantic_kg_triples_in', ['object', 'valid_to', 'weight', 'triple_id', 'subject', 'valid_from'])
@Index('idx_semantic_kg_triples_predicate', ['predicate', 'valid_to', 'weight', 'triple_id'])
@Index('idx_semantic_kg_triples_statement', ['subject', 'object', 'predicate'])
@Index('idx_semantic_kg_triples_ending', ['valid_to'], { where: '"valid_to" IS NOT NULL' })
export class SemanticTriple {
  @Id() triple_id!: string;
  @Ref() subject!: string;
  @Ref() predicate!: string;
  @Ref() object!: string;
  /** 0.1 to 1, as of the last decay. */
  @Real() weight!: number;
  @Ref() source!: string;
  /** What kind of thing the subject is, where it is known: `lead`, `channel`, … */
  @Ref({ nullable: true }) subject_type!: string | null;
  @Ref({ nullable: true }) object_type!: string | null;
  /** The first moment at which it holds; null: since ever. */
  @Timestamp({ nullable: true }) valid_from!: string | null;
  /** The first moment at which it holds no more; null: it still does. */
  @Timestamp({ nullable: true }) valid_to!: string | null;
  @Timestamp({ nullable: true }) recorded_at!: string | null;
  /** When it was last stated. Null for an imported row until its first decay, which starts the count. */
  @Timestamp({ nullable: true }) updated_at!: string | null;
  /** The weight that it had at `updated_at`; decay counts from there. Null together with it. */
  @Real({ nullable: true }) stated_weight!: number | null;
  /** How many statements it rests on. */
  @Int({ default: 1 }) evidence_count!: number;
}

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
