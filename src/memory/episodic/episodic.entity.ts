import { Entity, Index } from 'typeorm';
import { Id, Json, Real, Ref, Text } from '../../database/index.js';

/** A situation, what was done in it, and how well that went. */
@Entity('memory_episodic')
@Index('idx_memory_episodic_scenario', ['scenario', 'outcome_score'])
@Index('idx_memory_episodic_outcome', ['outcome_score'])
export class EpisodicMemory {
  @Id() episode_id!: string;
  @Ref() scenario!: string;
  @Json() action_sequence_json!: string[];
  /** 0 (bad) to 1 (good); the mean where it happened several times. */
  @Real() outcome_score!: number;
  @Text() notes!: string;
}
