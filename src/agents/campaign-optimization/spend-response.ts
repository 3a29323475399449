import { createRandom } from '../../config/index.js';
import { blockBootstrap, simpleRegression, type Interval } from '../../analytics/index.js';
import type { CampaignDay } from '../core/index.js';
import { percentiles, round } from './measure-campaign.js';

/** How revenue moves with spend, by the campaign's own days. */
export interface SpendResponse {
  /** Per cent more revenue for one per cent more spend. */
  readonly elasticity: number;
  /** Revenue of the next dollar: elasticity · roas. */
  readonly marginal_roas: number;
  readonly marginal_roas_interval: Interval;
  /** Share of bootstrap replicates in which the next dollar brings back more than itself. */
  readonly p_next_dollar_pays: number;
  readonly days: number;
}

const MIN_DAYS = 14;

/**
 * Regression of ln(revenue) on ln(cost) over days that have both. The slope is the elasticity, held within 0 (spend
 * changes nothing) and 1 (no saturation), since returns diminish; the interval comes from the block bootstrap. It
 * shows association in past days, not an experiment: whatever moved spend and revenue together is in it.
 * @returns null with fewer than 14 such days, or if spend hardly varied
 */
export function estimateSpendResponse(daily: readonly CampaignDay[], seed: string): SpendResponse | null {
  const days = daily.filter(({ cost_usd: cost, revenue_usd: revenue }) => cost > 0 && revenue > 0);
  if (days.length < MIN_DAYS) return null;
  const logCost = days.map(({ cost_usd: cost }) => Math.log(cost));
  const logRevenue = days.map(({ revenue_usd: revenue }) => Math.log(revenue));
  const all = responseOf(days, logCost, logRevenue, Int32Array.from(days.keys()));
  if (Number.isNaN(all.marginal)) return null;
  const marginals = blockBootstrap(
    days.length,
    (indices) => responseOf(days, logCost, logRevenue, indices).marginal,
    createRandom(`${seed}/response`),
  ).filter(Number.isFinite);
  const interval = percentiles(marginals);
  if (!interval) return null;
  return {
    elasticity: round(all.elasticity),
    marginal_roas: round(all.marginal),
    marginal_roas_interval: interval,
    p_next_dollar_pays: round(marginals.filter((value) => value > 1).length / marginals.length),
    days: days.length,
  };
}

function responseOf(
  days: readonly CampaignDay[],
  logCost: readonly number[],
  logRevenue: readonly number[],
  indices: Int32Array,
) {
  const x = new Float64Array(indices.length);
  const y = new Float64Array(indices.length);
  let cost = 0;
  let revenue = 0;
  indices.forEach((day, position) => {
    x[position] = logCost[day]!;
    y[position] = logRevenue[day]!;
    cost += days[day]!.cost_usd;
    revenue += days[day]!.revenue_usd;
  });
  const elasticity = Math.min(1, Math.max(0, simpleRegression(x, y).slope));
  return { elasticity, marginal: (elasticity * revenue) / cost };
}
