import { Entity, Index } from 'typeorm';
import type { Channel } from '../../vocabulary/index.js';
import { Id, Int, Ref, Text, Timestamp } from '../../database/index.js';

/** The answer to a case while the team writes it; one a case, and sent once. */
@Entity('case_drafts')
@Index('idx_case_drafts_lead', ['lead_id'])
@Index('idx_case_drafts_message', ['message_id'])
export class CaseDraft {
  @Id() escalation_id!: string;
  @Ref() lead_id!: string;
  @Ref() channel!: Channel;
  @Text({ nullable: true }) subject!: string | null;
  @Text() body!: string;
  @Ref() edited_by!: string;
  @Timestamp() edited_at!: string;
  @Ref({ nullable: true }) sent_by!: string | null;
  @Timestamp({ nullable: true }) sent_at!: string | null;
  /** The message that it became. */
  @Ref({ nullable: true }) message_id!: string | null;
  @Timestamp() created_at!: string;
  @Int({ default: 1 }) version!: number;
}
