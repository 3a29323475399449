import { createRandom } from '../../config/index.js';
import { sumUsd } from '../../money/index.js';
import { blockBootstrap, quantile, type Interval } from '../../analytics/index.js';
import type { CampaignDay, CampaignTotals } from '../core/index.js';

export interface PerformanceMetrics {
  readonly impressions: number;
  readonly clicks: number;
  /** Clicks per impression. */
  readonly ctr: number | null;
  readonly leads: number;
  readonly conversions: number;
  /** Conversions per click. */
  readonly conversion_rate: number | null;
  readonly cost_usd: number;
  readonly revenue_usd: number;
  readonly cpl_usd: number | null;
  readonly roas: number | null;
}

export type RatioMetric = 'ctr' | 'conversion_rate' | 'cpl_usd' | 'roas';

/** Which totals a ratio is made of. */
const RATIO: Readonly<Record<RatioMetric, readonly [keyof CampaignTotals, keyof CampaignTotals]>> = {
  ctr: ['clicks', 'impressions'],
  conversion_rate: ['conversions', 'clicks'],
  cpl_usd: ['cost_usd', 'leads_created'],
  roas: ['revenue_usd', 'cost_usd'],
};

const REPLICATES = 400;

/** Totals of days, or of campaigns. */
export function addUp(parts: readonly CampaignTotals[]): CampaignTotals {
  const sum = (field: 'impressions' | 'clicks' | 'leads_created' | 'conversions'): number =>
    parts.reduce((total, part) => total + part[field], 0);
  return {
    impressions: sum('impressions'),
    clicks: sum('clicks'),
    leads_created: sum('leads_created'),
    conversions: sum('conversions'),
    cost_usd: sumUsd(parts.map((part) => part.cost_usd)),
    revenue_usd: sumUsd(parts.map((part) => part.revenue_usd)),
  };
}

/** The ratio of two totals; null where the denominator is 0. */
export function ratioOf(metric: RatioMetric, totals: CampaignTotals): number | null {
  const [top, bottom] = RATIO[metric];
  return totals[bottom] > 0 ? totals[top] / totals[bottom] : null;
}

/** @param current figures that the caller knows better than the daily series; they replace the computed ones */
export function measureCampaign(
  totals: CampaignTotals,
  current: Partial<Record<RatioMetric, number>>,
): PerformanceMetrics {
  const ratio = (metric: RatioMetric): number | null => current[metric] ?? round(ratioOf(metric, totals));
  return {
    impressions: totals.impressions,
    clicks: totals.clicks,
    ctr: ratio('ctr'),
    leads: totals.leads_created,
    conversions: totals.conversions,
    conversion_rate: ratio('conversion_rate'),
    cost_usd: totals.cost_usd,
    revenue_usd: totals.revenue_usd,
    cpl_usd: ratio('cpl_usd'),
    roas: ratio('roas'),
  };
}

/**
 * 95 % interval of a ratio of totals, from block-bootstrapped days (percentile method), so that days that vary more
 * than chance and bad weeks that stick together widen it. Null with fewer than 7 days or without a defined ratio.
 */
export function ratioInterval(metric: RatioMetric, days: readonly CampaignDay[], seed: string): Interval | null {
  if (days.length < 7) return null;
  const [top, bottom] = RATIO[metric];
  // 400 times as many look-ups as days: columns of numbers are several times faster than fields by name
  const tops = Float64Array.from(days, (day) => day[top]);
  const bottoms = Float64Array.from(days, (day) => day[bottom]);
  const statistic = (indices: Int32Array): number => {
    let above = 0;
    let below = 0;
    for (let place = 0; place < indices.length; place++) {
      above += tops[indices[place]!]!;
      below += bottoms[indices[place]!]!;
    }
    return above / below;
  };
  return percentiles(blockBootstrap(days.length, statistic, createRandom(`${seed}/${metric}`), REPLICATES));
}

/** The middle 95 % of bootstrap values; null if none is finite. */
export function percentiles(values: Float64Array): Interval | null {
  const [low, high] = [quantile(values, 0.025), quantile(values, 0.975)];
  return Number.isNaN(low) ? null : [round(low)!, round(high)!];
}

export function round(value: number): number;
export function round(value: number | null): number | null;
export function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e6) / 1e6;
}
