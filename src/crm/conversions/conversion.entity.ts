import { Entity, Index } from 'typeorm';
import { Id, Money, Ref, Timestamp } from '../../database/index.js';

@Entity('conversions')
@Index('idx_conversions_converted_at', ['converted_at'])
@Index('idx_conversions_lead', ['lead_id', 'converted_at'])
@Index('idx_conversions_campaign', ['campaign_id', 'converted_at'])
export class Conversion {
  @Id() conversion_id!: string;
  @Ref() lead_id!: string;
  @Ref({ nullable: true }) campaign_id!: string | null;
  @Timestamp() converted_at!: string;
  @Money() conversion_value_usd!: number;
  @Ref() conversion_type!: string;
}
