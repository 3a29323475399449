import { sumUsd } from '../../money/index.js';
import type { CampaignDay } from './campaign-day.entity.js';
import type { CampaignTotalsResponse } from './campaigns.dto.js';

/**
 * What the days add up to, with the rates of the whole: clicks per impression, cost per lead, conversions per lead and
 * revenue per cost. A rate whose denominator is zero is null, not zero.
 */
export function campaignTotals(days: readonly CampaignDay[]): CampaignTotalsResponse {
  const sum = (read: (day: CampaignDay) => number) => days.reduce((total, day) => total + read(day), 0);
  const impressions = sum((day) => day.impressions);
  const clicks = sum((day) => day.clicks);
  const leads = sum((day) => day.leads_created);
  const conversions = sum((day) => day.conversions);
  const cost = sumUsd(days.map((day) => day.cost_usd));
  const revenue = sumUsd(days.map((day) => day.revenue_usd));
  const ratio = (top: number, bottom: number) => (bottom > 0 ? top / bottom : null);
  return {
    impressions,
    clicks,
    leads_created: leads,
    conversions,
    cost_usd: cost,
    revenue_usd: revenue,
    ctr: ratio(clicks, impressions),
    cpl_usd: ratio(cost, leads),
    conversion_rate: ratio(conversions, leads),
    roas: ratio(revenue, cost),
  };
}
