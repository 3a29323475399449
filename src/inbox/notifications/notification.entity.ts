import { Entity, Index } from 'typeorm';
import { Id, Ref, Timestamp } from '../../database/index.js';

export const NOTICES = ['raised', 'reminded', 'climbed', 'requested', 'mentioned', 'waiting'] as const;
export type Notice = (typeof NOTICES)[number];

/** One thing of the inbox that is to be told by one rule. Those of a batch are told together. */
@Entity('notifications')
@Index('idx_notifications_batch', ['batch'])
@Index('idx_notifications_lead', ['lead_id'])
@Index('idx_notifications_created_at', ['created_at'])
export class Notification {
  @Id() notification_id!: string;
  @Ref() rule_id!: string;
  @Ref() item_type!: 'escalation' | 'approval';
  @Ref() item_id!: string;
  @Ref() notice!: Notice;
  /** The one who is told, where it is not everybody of the rule. */
  @Ref({ nullable: true }) user_id!: string | null;
  @Ref({ nullable: true }) lead_id!: string | null;
  @Ref() batch!: string;
  @Timestamp() deliver_at!: string;
  @Timestamp({ nullable: true }) told_at!: string | null;
  @Timestamp() created_at!: string;
}
