import { Entity } from 'typeorm';
import { Id, Int, Json, Money, Ref, Text, Timestamp } from '../../database/index.js';

@Entity('campaigns')
export class Campaign {
  @Id() campaign_id!: string;
  @Text() name!: string;
  @Ref() objective!: string;
  @Timestamp() start_date!: string;
  @Timestamp({ nullable: true }) end_date!: string | null;
  @Json() channel_mix!: string[];
  @Money() daily_budget_usd!: number;
  @Money() total_budget_usd!: number;
  @Text({ nullable: true }) owner_email!: string | null;
  @Ref({ nullable: true }) primary_region!: string | null;
  @Json() target_personas!: string[];
  @Ref() kpi!: string;

  /** active, paused or ended; Herald's own, as are the columns below. */
  @Ref({ default: 'active' }) status!: string;
  @Int({ default: 1 }) version!: number;
  @Timestamp({ nullable: true }) updated_at!: string | null;
}
