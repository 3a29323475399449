import { Entity, Index } from 'typeorm';
import { Id, Ref, Timestamp } from '../../database/index.js';

@Entity('conversations')
@Index('idx_conversations_last_event_at', ['last_event_at'])
@Index('idx_conversations_lead', ['lead_id', 'last_event_at'])
export class Conversation {
  @Id() conversation_id!: string;
  @Ref() lead_id!: string;
  @Timestamp() opened_at!: string;
  @Timestamp() last_event_at!: string;
  @Ref() status!: string;
}
