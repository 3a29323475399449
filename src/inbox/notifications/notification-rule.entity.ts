import { Entity } from 'typeorm';
import { Bool, Id, Int, Json, Ref, Text, Timestamp } from '../../database/index.js';

export const RULE_CHANNELS = ['mail', 'webhook'] as const;
export type RuleChannel = (typeof RULE_CHANNELS)[number];

/** Who is told of what comes into the inbox, by which way, and when not. */
@Entity('notification_rules')
export class NotificationRule {
  @Id() rule_id!: string;
  @Ref() name!: string;
  @Ref() channel!: RuleChannel;
  /** Of mail: one of a user, a role and an address. */
  @Ref({ nullable: true }) user_id!: string | null;
  @Ref({ nullable: true }) role!: string | null;
  @Ref({ nullable: true }) address!: string | null;
  /** Of a webhook, which is signed with the secret. */
  @Text({ nullable: true }) url!: string | null;
  @Text({ nullable: true }) secret!: string | null;
  /** Reasons of cases, `approval` and `mention`; empty for all. */
  @Json() reasons!: string[];
  /** HH:MM on the clocks of the zone. */
  @Ref({ nullable: true }) quiet_start!: string | null;
  @Ref({ nullable: true }) quiet_end!: string | null;
  @Bool({ default: false }) quiet_weekends!: boolean;
  @Ref({ default: 'UTC' }) zone!: string;
  /** What is hot is told in quiet hours too. */
  @Bool({ default: false }) urgent_ignores_quiet!: boolean;
  /** Told together so often; 0 for at once. */
  @Int({ default: 0 }) digest_minutes!: number;
  @Bool({ default: true }) is_active!: boolean;
  @Timestamp({ nullable: true }) last_told_at!: string | null;
  @Text({ nullable: true }) last_failure!: string | null;
  @Timestamp() created_at!: string;
  @Int({ default: 1 }) version!: number;
}
