import { Entity } from 'typeorm';
import { Id, Int, Money, Real } from '../../database/index.js';

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
}
