import type { Unit } from '../../database/index.js';
import { toMicros } from '../../money/index.js';
import { type CampaignDay } from './campaign-day.entity.js';

/** Adds one created lead to the campaign's day. */
export function countLeadCreated(unit: Unit, campaignId: string, at: string): Promise<number> {
  return bump(unit, campaignId, at, { leads_created: 1, conversions: 0, revenue_usd: 0 });
}

/** Adds one conversion, worth `valueUsd`, to the campaign's day. */
export function countConversion(unit: Unit, campaignId: string, at: string, valueUsd: number): Promise<number> {
  return bump(unit, campaignId, at, { leads_created: 0, conversions: 1, revenue_usd: valueUsd });
}

/**
 * One statement, so that two at once on PostgreSQL both count. What is reported from elsewhere stands as it is, and
 * rates are kept in step with the counts.
 */
async function bump(
  unit: Unit,
  campaignId: string,
  at: string,
  add: Pick<CampaignDay, 'leads_created' | 'conversions' | 'revenue_usd'>,
): Promise<number> {
  const date = at.slice(0, 10);
  const micros = toMicros(add.revenue_usd);
  const unlessReported = (field: string, more: string): string =>
    `CASE WHEN campaign_daily.reported LIKE '%${field}%' THEN 0 ELSE ${more} END`;
  const leads = `(campaign_daily.leads_created + ${unlessReported('leads_created', 'excluded.leads_created')})`;
  const revenue = `(campaign_daily.revenue_usd + ${unlessReported('revenue_usd', 'excluded.revenue_usd')})`;
  return unit.execute(
    `INSERT INTO campaign_daily (campaign_id, date, impressions, clicks, ctr, leads_created, conversions, cost_usd, revenue_usd, cpl_usd, roas,
       own_leads_created, own_conversions, own_revenue_usd)
     VALUES (?, ?, 0, 0, 0, ?, ?, 0, ?, ${add.leads_created > 0 ? '0' : 'NULL'}, 0, ?, ?, ?)
     ON CONFLICT (campaign_id, date) DO UPDATE SET
       own_leads_created = campaign_daily.own_leads_created + excluded.own_leads_created,
       own_conversions = campaign_daily.own_conversions + excluded.own_conversions,
       own_revenue_usd = (CAST(ROUND(campaign_daily.own_revenue_usd * 1000000) AS BIGINT) + ${micros}) / 1000000.0,
       leads_created = ${leads},
       conversions = campaign_daily.conversions + ${unlessReported('conversions', 'excluded.conversions')},
       revenue_usd = (CAST(ROUND(campaign_daily.revenue_usd * 1000000) AS BIGINT) + ${unlessReported('revenue_usd', String(micros))}) / 1000000.0,
       cpl_usd = CASE WHEN ${leads} > 0 THEN campaign_daily.cost_usd / ${leads} END,
       roas = CASE WHEN campaign_daily.cost_usd > 0 THEN ${revenue} / campaign_daily.cost_usd ELSE 0 END`,
    [
      campaignId,
      date,
      ...[add.leads_created, add.conversions, add.revenue_usd],
      ...[add.leads_created, add.conversions, add.revenue_usd],
    ],
  );
}
