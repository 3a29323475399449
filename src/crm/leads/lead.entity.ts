import { Entity, Index } from 'typeorm';
import { Bool, HiddenText, Id, Int, Ref, Text, Timestamp } from '../../database/index.js';

/** A person who might buy. The first block is the data set's, the second Herald's own. */
@Entity('leads')
@Index('idx_leads_flow_state', ['flow_state', 'created_at'])
@Index('idx_leads_category', ['triage_category', 'created_at'])
@Index('idx_leads_status', ['lead_status', 'created_at'])
@Index('idx_leads_campaign', ['campaign_id', 'created_at'])
@Index('idx_leads_created_at', ['created_at', 'source', 'region'])
export class Lead {
  @Id() lead_id!: string;
  @Timestamp() created_at!: string;
  @Ref() source!: string;
  @Ref({ nullable: true }) campaign_id!: string | null;
  @Ref({ nullable: true }) triage_category!: string | null;
  @Ref() lead_status!: string;
  @Int({ nullable: true }) lead_score!: number | null;
  @Ref({ nullable: true }) company_size!: string | null;
  @Ref({ nullable: true }) industry!: string | null;
  @Ref({ nullable: true }) persona!: string | null;
  @Ref({ nullable: true }) region!: string | null;
  @Ref({ nullable: true }) preferred_channel!: string | null;
  @Bool({ default: false }) gdpr_consent!: boolean;
  @Text({ nullable: true }) email!: string | null;
  @Text({ nullable: true }) phone!: string | null;
  @Ref({ nullable: true }) assigned_engagement_agent!: string | null;
  @Timestamp({ nullable: true }) last_active_at!: string | null;

  /** Where the lead stands in the flow; see journeys/lead-flow.ts. */
  @Ref({ default: 'new' }) flow_state!: string;
  /** What the lead wrote in the form. Untrusted text: it can fill fields and never chooses anything. */
  @Text({ nullable: true }) message!: string | null;
  /** ISO 3166-1 alpha-2. */
  @Ref({ nullable: true }) country!: string | null;
  /** IANA zone, where somebody said it. */
  @Ref({ nullable: true }) time_zone!: string | null;
  @Int({ default: 1 }) version!: number;
  @Timestamp({ nullable: true }) updated_at!: string | null;
  /** Where the figures of the portfolio count the lead; `FigureKeeper`'s alone. */
  @HiddenText() counted?: string | null;
}
