import { Entity, Index } from 'typeorm';
import { Int, LongInt, Ref, RowId, Text, Timestamp } from '../../database/index.js';

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
