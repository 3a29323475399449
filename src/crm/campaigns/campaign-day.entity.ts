import { Entity } from 'typeorm';
import { Id, Int, Money, Real, Ref } from '../../database/index.js';

/** What a campaign did on one day. */
@Entity('campaign_daily')
export class CampaignDay {
  @Id() campaign_id!: string;
  @Id() date!: string;
  @Int() impressions!: number;
  @Int() clicks!: number;
  @Real() ctr!: number;
  @Int() leads_created!: number;
  @Int() conversions!: number;
  @Money() cost_usd!: number;
  @Money() revenue_usd!: number;
  /** Null while no lead was created. */
  @Money({ nullable: true }) cpl_usd!: number | null;
  @Real() roas!: number;

  /** What Herald itself counted, whatever is reported; Herald's own, as is the column below. */
  @Int({ default: 0 }) own_leads_created?: number;
  @Int({ default: 0 }) own_conversions?: number;
  @Money({ default: 0 }) own_revenue_usd?: number;
  /** Which of the three are reported from elsewhere, with commas between; the others follow Herald's own counts. */
  @Ref({ default: '' }) reported?: string;
}
