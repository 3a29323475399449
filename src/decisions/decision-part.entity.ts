import { Entity, Index } from 'typeorm';
import { Id, Json, Ref } from '../database/index.js';

/** What several decisions were made on, kept once under the hash of its content. */
@Entity('decision_parts')
@Index('idx_decision_parts_last_used_on', ['last_used_on'])
export class DecisionPart {
  @Id() part_hash!: string;
  @Json() content!: unknown;
  /** UTC day on which a decision that names it was made last. */
  @Ref() last_used_on!: string;
}
