import { Entity, Index } from 'typeorm';
import { Id, Int, Ref, Text, Timestamp } from '../../database/index.js';

/** Words that the team answers with again and again. */
@Entity('saved_replies')
@Index('idx_saved_replies_name', ['name'], { unique: true })
export class SavedReply {
  @Id() reply_id!: string;
  @Ref() name!: string;
  @Text({ nullable: true }) subject!: string | null;
  @Text() body!: string;
  @Ref() edited_by!: string;
  @Timestamp() edited_at!: string;
  @Timestamp() created_at!: string;
  @Int({ default: 1 }) version!: number;
}
