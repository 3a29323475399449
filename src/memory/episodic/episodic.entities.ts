import { Entity, Index } from 'typeorm';
import { Bool, Id, Int, Json, LongInt, Real, Ref, RowId, Text, Timestamp } from '../../database/index.js';

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

/**
 * What search and merging know of an episode beside its text. A row stays when its episode is deleted, emptied and
 * under another id, so that processes that hold its vector learn of it.
 */
@Entity('memory_episodic_index')
@Index('idx_memory_episodic_index_episode', ['episode_id'], { unique: true })
@Index('idx_memory_episodic_index_merge', ['merge_key', 'doc_id'])
@Index('idx_memory_episodic_index_changed', ['changed'])
@Index('idx_memory_episodic_index_repeated', ['occurrences', 'last_seen_at'], { where: '"occurrences" > 1' })
export class EpisodeIndexRow {
  /** The number under which the full-text index knows the episode; never given twice. */
  @RowId() doc_id!: number;
  @Ref() episode_id!: string;
  /** The same for the same scenario and steps. */
  @Ref() merge_key!: string;
  /** What made the embedding; only embeddings of the same model are compared. */
  @Ref() model!: string;
  @Int() dimensions!: number;
  /** See `encodeEmbedding`; null when the episode is gone. */
  @Text({ nullable: true }) embedding!: string | null;
  /** How often it was told; its outcome is the mean of that many. */
  @Int() occurrences!: number;
  @Timestamp() first_seen_at!: string;
  @Timestamp() last_seen_at!: string;
  /** Who told it first: an agent, the API, consolidation, an import. */
  @Ref() source!: string;
  /** Goes up with every change: a counter on SQLite, the transaction's number on PostgreSQL. */
  @LongInt() changed!: number;
}

/** One event that was told as an episode: keeps it from counting twice, and says whose it is. */
@Entity('memory_episodic_tellings')
@Index('idx_memory_episodic_tellings_episode', ['episode_id'])
@Index('idx_memory_episodic_tellings_lead', ['lead_id'])
export class EpisodeEvent {
  /** Source and the event's id there, or a new id where the event has none. */
  @Id() telling_id!: string;
  @Ref() episode_id!: string;
  /** With whom it happened. */
  @Ref({ nullable: true }) lead_id!: string | null;
  @Real() outcome_score!: number;
  /** Whether the episode's notes are from this event. */
  @Bool() gave_text!: boolean;
  @Timestamp() told_at!: string;
}

/**
 * An episode that was written past the store (an import, SQL by hand), put here by a trigger, and is not in the
 * indexes yet.
 */
@Entity('memory_episodic_pending')
export class PendingEpisode {
  @Id() episode_id!: string;
}
