import type { Random } from '../../config/index.js';
import type { Row } from '../cell-codec.js';
import { DAY_MS, isoDay, midnight } from './calendar.js';
import type { CampaignDay, CampaignPlan } from './campaigns.js';
import { normal, poisson, round } from './sampling.js';

/** Share of the clicks that become leads. */
export const LANDING_RATE = 0.2;
/** A creative wears out: the click-through rate falls by this share each day. */
export const DAILY_CTR_WEAR = 0.006;

/** Books a conversion on the day on which it happened, which may be after the campaign's last day of spending. */
export function bookConversion({ days }: CampaignPlan, convertedAt: number, valueUsd: number): void {
  const start = midnight(convertedAt);
  let day = days.get(start);
  if (!day) {
    day = { start, costUsd: 0, channelLeads: [], leadsCreated: 0, conversions: 0, revenueUsd: 0 };
    days.set(start, day);
  }
  day.conversions++;
  day.revenueUsd = round(day.revenueUsd + valueUsd, 2);
}

/**
 * The campaign's rows of `campaign_daily`: leads and conversions are counts of the other files, and every ratio
 * follows from the counts.
 */
export function* campaignDailyRows(random: Random, campaign: CampaignPlan): Generator<Row> {
  const days = [...campaign.days.values()].sort((one, other) => one.start - other.start);
  for (const day of days) yield dailyRow(random, campaign, day, (day.start - days[0].start) / DAY_MS);
}

function dailyRow(random: Random, { campaign_id, baseCtr }: CampaignPlan, day: CampaignDay, age: number): Row {
  const expectedLeads = day.channelLeads.reduce((sum, leads) => sum + leads, 0);
  const expectedClicks = expectedLeads / LANDING_RATE;
  const clicks = day.leadsCreated + poisson(random, expectedClicks * (1 - LANDING_RATE));
  const ctr = baseCtr * Math.exp(-DAILY_CTR_WEAR * age + 0.08 * normal(random));
  const impressions = clicks + poisson(random, expectedClicks * (1 / ctr - 1));
  const { costUsd, revenueUsd, leadsCreated, conversions } = day;
  return {
    campaign_id,
    date: isoDay(day.start),
    impressions,
    clicks,
    ctr: impressions === 0 ? 0 : round(clicks / impressions, 4),
    leads_created: leadsCreated,
    conversions,
    cost_usd: costUsd,
    revenue_usd: revenueUsd,
    cpl_usd: leadsCreated === 0 ? null : round(costUsd / leadsCreated, 2),
    roas: costUsd === 0 ? 0 : round(revenueUsd / costUsd, 2),
  };
}
