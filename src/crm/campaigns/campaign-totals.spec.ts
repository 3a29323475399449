import type { CampaignDay } from './campaign-day.entity.js';
import { campaignTotals } from './campaign-totals.js';

const aDay = (over: Partial<CampaignDay> = {}): CampaignDay => ({
  campaign_id: 'CMP1',
  date: '2026-01-01',
  impressions: 0,
  clicks: 0,
  ctr: 0,
  leads_created: 0,
  conversions: 0,
  cost_usd: 0,
  revenue_usd: 0,
  cpl_usd: null,
  roas: 0,
  ...over,
});

describe('the totals of a campaign', () => {
  it('are sums, and rates of the sums, not means of the rates', () => {
    const days = [
      aDay({
        impressions: 1000,
        clicks: 10,
        ctr: 0.01,
        leads_created: 1,
        conversions: 1,
        cost_usd: 0.1,
        revenue_usd: 1,
        cpl_usd: 0.1,
        roas: 10,
      }),
      aDay({
        impressions: 3000,
        clicks: 90,
        ctr: 0.03,
        leads_created: 4,
        conversions: 0,
        cost_usd: 0.2,
        revenue_usd: 0,
        cpl_usd: 0.05,
        roas: 0,
      }),
    ];
    expect(campaignTotals(days)).toEqual({
      impressions: 4000,
      clicks: 100,
      leads_created: 5,
      conversions: 1,
      cost_usd: 0.3,
      revenue_usd: 1,
      ctr: 0.025,
      cpl_usd: 0.06,
      conversion_rate: 0.2,
      roas: 1 / 0.3,
    });
  });

  it.each([[[]], [[aDay()]]])('have no rates where there is nothing to divide by: %j', (days) => {
    expect(campaignTotals(days)).toMatchObject({
      cost_usd: 0,
      ctr: null,
      cpl_usd: null,
      conversion_rate: null,
      roas: null,
    });
  });
});
