import { Entity, Index } from 'typeorm';
import { Id, Real, Ref } from '../database/index.js';

/** One edge of the knowledge graph. */
@Entity('semantic_kg_triples')
@Index('idx_semantic_kg_triples_subject', ['subject', 'predicate'])
@Index('idx_semantic_kg_triples_object', ['object'])
export class SemanticTriple {
  @Id() triple_id!: string;
  @Ref() subject!: string;
  @Ref() predicate!: string;
  @Ref() object!: string;
  /** 0.1 to 1. */
  @Real() weight!: number;
  @Ref() source!: string;
}
