import type { RecommendationType } from '../../agents/campaign-optimization/index.js';
import type { CampaignDay } from '../../agents/core/index.js';

/** What a kind of change is meant to move. */
const METRIC_OF_TYPE: Readonly<Record<RecommendationType, 'roas' | 'conversion_rate' | 'ctr' | null>> = {
  budget_reallocation: 'roas',
  audience_refinement: 'conversion_rate',
  creative_optimization: 'ctr',
  // a paused campaign has no days to compare
  pause: null,
};
const DAYS_BEFORE = 14;
export const DAYS_AFTER = 7;

export interface MeasuredChange {
  readonly metric: string;
  readonly before: number;
  readonly after: number;
  /** after / (before + after): 0.5 where nothing changed, 2/3 where it doubled, 0 where nothing is left. */
  readonly outcome: number;
  readonly days: readonly [before: number, after: number];
}

/**
 * How a campaign did in the days after a change against the fortnight before it, by the metric that the change was to
 * move. The day of the change counts on neither side.
 * @returns undefined until seven days after it are reported, or where there is nothing to compare
 */
export function measureChange(
  daily: readonly CampaignDay[],
  changedAt: string,
  type: RecommendationType,
): MeasuredChange | undefined {
  const metric = METRIC_OF_TYPE[type];
  const day = changedAt.slice(0, 10);
  const before = daily.filter(({ date }) => date < day).slice(-DAYS_BEFORE);
  const after = daily.filter(({ date }) => date > day);
  if (metric === null || before.length === 0 || after.length < DAYS_AFTER) return undefined;
  const [was, is] = [ratioOf(before, metric), ratioOf(after, metric)];
  if (was === null || is === null || was + is === 0) return undefined;
  return {
    metric,
    before: round(was),
    after: round(is),
    outcome: round(is / (was + is)),
    days: [before.length, after.length],
  };
}

function ratioOf(days: readonly CampaignDay[], metric: 'roas' | 'conversion_rate' | 'ctr'): number | null {
  const sum = (pick: (day: CampaignDay) => number): number => days.reduce((total, day) => total + pick(day), 0);
  const [top, bottom] = {
    roas: [sum(({ revenue_usd }) => revenue_usd), sum(({ cost_usd }) => cost_usd)],
    conversion_rate: [sum(({ conversions }) => conversions), sum(({ clicks }) => clicks)],
    ctr: [sum(({ clicks }) => clicks), sum(({ impressions }) => impressions)],
  }[metric] as [number, number];
  return bottom === 0 ? null : top / bottom;
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
