import { Entity, Index } from 'typeorm';
import { Id, Ref, Timestamp } from '../../../database/index.js';

/** A message that was taken, so that one sent twice is answered once. */
@Entity('a2a_messages')
@Index('idx_a2a_messages_task', ['task_id'])
export class A2aMessage {
  @Id() owner_id!: string;
  @Id() agent!: string;
  @Id() message_id!: string;
  @Ref() message_hash!: string;
  @Ref() task_id!: string;
  @Timestamp() created_at!: string;
}
