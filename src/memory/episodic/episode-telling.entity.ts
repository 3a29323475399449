import { Entity, Index } from 'typeorm';
import { Bool, Id, Real, Ref, Timestamp } from '../../database/index.js';

/** One event that was told as an episode: keeps it from counting twice, and says whose it is. */
@Entity('memory_episodic_tellings')
@Index('idx_memory_episodic_tellings_episode', ['episode_id'])
@Index('idx_memory_episodic_tellings_lead', ['lead_id'])
export class EpisodeTelling {
  /** Source and the event's id there, or a new id where the event has none. */
  @Id() telling_id!: string;
  @Ref() episode_id!: string;
  /** With whom it happened. */
  @Ref({ nullable: true }) lead_id!: string | null;
  @Real() outcome_score!: number;
  /** Whether the episode's notes are from this telling. */
  @Bool() gave_text!: boolean;
  @Timestamp() told_at!: string;
}
