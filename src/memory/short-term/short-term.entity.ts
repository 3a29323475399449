import { Entity, Index } from 'typeorm';
import { Id, Json, Ref, Text, Timestamp } from '../../database/index.js';

/** What a conversation is about right now; gone after `expires_at`. */
@Entity('memory_short_term')
@Index('idx_memory_short_term_lead', ['lead_id'])
@Index('idx_memory_short_term_expires_at', ['expires_at'])
export class ShortTermMemory {
  @Id() conversation_id!: string;
  @Ref() lead_id!: string;
  @Text() last_utterance_summary!: string;
  @Ref() active_intent!: string;
  @Json() slots_json!: Record<string, unknown>;
  @Timestamp() expires_at!: string;
}
