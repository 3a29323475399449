import { Entity, Index } from 'typeorm';
import { Bool, Id, Int, Ref, Text } from '../../database/index.js';

/** One creative of a campaign's test. */
@Entity('ab_variants')
@Index('idx_ab_variants_campaign', ['campaign_id'])
export class AbVariant {
  @Id() variant_id!: string;
  @Ref() campaign_id!: string;
  @Ref() channel!: string;
  @Ref() creative_type!: string;
  @Text() subject_line!: string;
  @Text() call_to_action!: string;
  @Ref() tone!: string;
  @Int() length_words!: number;

  /** Paused variants are not chosen any more; Herald's own. */
  @Bool({ default: false }) is_paused!: boolean;
}
