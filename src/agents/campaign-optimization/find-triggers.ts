import { createRandom } from '../../config/index.js';
import { blockBootstrap, mannKendall, type Interval } from '../../analytics/index.js';
import type { OptimizationFacts } from '../core/index.js';
import { planLeft } from './plan-limits.js';
import {
  addUp,
  percentiles,
  ratioInterval,
  ratioOf,
  round,
  type PerformanceMetrics,
  type RatioMetric,
} from './measure-campaign.js';

export const TRIGGERS = ['low_ctr', 'high_cpl', 'poor_conversion_rate', 'low_roas', 'fatigue', 'pacing'] as const;
export type Trigger = (typeof TRIGGERS)[number];

export interface TriggerFinding {
  readonly trigger: Trigger;
  readonly fired: boolean;
  readonly value: number | null;
  /** 95 % interval of the value. */
  readonly interval: Interval | null;
  /** What it is compared with: the other campaigns together, or the plan. */
  readonly baseline: number | null;
  readonly reason: string;
}

/** A difference from the baseline below this share is not worth acting on, however certain it is. */
const MIN_GAP = 0.1;
const BREAK_EVEN_ROAS = 1;
const FATIGUE_DAYS = 28;
const MIN_FATIGUE_DAYS = 8;
const UNDER_PACE = 0.8;
const OVER_PACE = 1.1;

const RATIO_TRIGGERS: Readonly<
  Record<Exclude<Trigger, 'fatigue' | 'pacing'>, { metric: RatioMetric; isWorseWhen: 'lower' | 'higher' }>
> = {
  low_ctr: { metric: 'ctr', isWorseWhen: 'lower' },
  high_cpl: { metric: 'cpl_usd', isWorseWhen: 'higher' },
  poor_conversion_rate: { metric: 'conversion_rate', isWorseWhen: 'lower' },
  low_roas: { metric: 'roas', isWorseWhen: 'lower' },
};

/**
 * Examines the wanted triggers. Each needs both certainty (95 % interval clear of the baseline) and size (a gap of a
 * tenth).
 */
export function findTriggers(
  facts: OptimizationFacts,
  metrics: PerformanceMetrics,
  wanted: readonly Trigger[],
  seed: string,
): TriggerFinding[] {
  return wanted.map((trigger) => {
    if (trigger === 'fatigue') return findFatigue(facts);
    if (trigger === 'pacing') return checkPacing(facts, seed);
    return compareWithPeers(trigger, facts, metrics, seed);
  });
}

function compareWithPeers(
  trigger: keyof typeof RATIO_TRIGGERS,
  facts: OptimizationFacts,
  metrics: PerformanceMetrics,
  seed: string,
): TriggerFinding {
  const { metric, isWorseWhen } = RATIO_TRIGGERS[trigger];
  const value = metrics[metric];
  const baseline = round(ratioOf(metric, addUp(facts.peers)));
  const own = ratioOf(metric, addUp(facts.daily));
  const observed = ratioInterval(metric, facts.daily, seed);
  const finding = { trigger, value, baseline, interval: null, fired: false };
  if (value === null) return { ...finding, reason: `${metric} cannot be computed: nothing to divide by` };
  if (observed === null || own === null)
    return { ...finding, reason: `${metric} ${format(value)}: fewer than 7 days, too few to judge` };
  // a figure given by the caller is as uncertain, in proportion, as the one that was observed
  const interval: Interval =
    own === 0 ? observed : [round((observed[0] * value) / own), round((observed[1] * value) / own)];
  if (metric === 'roas' && interval[1] < BREAK_EVEN_ROAS) {
    return {
      ...finding,
      interval,
      fired: true,
      reason: `roas ${format(value)} (95 % ${range(interval)}) is below break-even`,
    };
  }
  if (baseline === null)
    return { ...finding, interval, reason: `${metric} ${format(value)}: no other campaign to compare with` };
  const isWorse =
    isWorseWhen === 'lower'
      ? interval[1] < baseline && value <= baseline * (1 - MIN_GAP)
      : interval[0] > baseline && value >= baseline * (1 + MIN_GAP);
  const verdict = isWorse ? 'clearly worse than' : 'not clearly worse than';
  return {
    ...finding,
    interval,
    fired: isWorse,
    reason: `${metric} ${format(value)} (95 % ${range(interval)}) is ${verdict} ${format(baseline)} of the other campaigns`,
  };
}

/**
 * A falling click rate over the last four weeks: Mann–Kendall p < 0.05 and a Theil–Sen fall of a tenth of the mean or
 * more.
 */
function findFatigue({ daily }: OptimizationFacts): TriggerFinding {
  const rates = daily
    .filter(({ impressions }) => impressions > 0)
    .slice(-FATIGUE_DAYS)
    .map(({ clicks, impressions }) => clicks / impressions);
  const finding = { trigger: 'fatigue' as const, fired: false, value: null, interval: null, baseline: 0 };
  if (rates.length < MIN_FATIGUE_DAYS)
    return { ...finding, reason: `${rates.length} days with impressions, ${MIN_FATIGUE_DAYS} are needed for a trend` };
  const { pValue, slope } = mannKendall(rates);
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const change = mean === 0 ? 0 : round((slope * (rates.length - 1)) / mean);
  const fired = pValue < 0.05 && change <= -MIN_GAP;
  return {
    ...finding,
    fired,
    value: change,
    reason: `click rate changed by ${percent(change)} over ${rates.length} days (Mann–Kendall p = ${pValue.toFixed(3)})`,
  };
}

/**
 * Daily spend against the daily budget: under 80 % or over 110 % of it with 95 % certainty; or against the plan: at the
 * present pace, more than 110 % of what is left of the total budget.
 */
function checkPacing(facts: OptimizationFacts, seed: string): TriggerFinding {
  const { daily, campaign } = facts;
  const finding = { trigger: 'pacing' as const, fired: false, value: null, interval: null, baseline: 1 };
  const budget = campaign.daily_budget_usd;
  if (budget <= 0) return { ...finding, reason: 'no daily budget' };
  if (daily.length < 7) return { ...finding, reason: `${daily.length} days, too few to judge the pace` };
  const value = round(addUp(daily).cost_usd / daily.length / budget);
  const meanShare = (indices: Int32Array): number => {
    let spent = 0;
    for (const index of indices) spent += daily[index]!.cost_usd;
    return spent / indices.length / budget;
  };
  const interval = percentiles(blockBootstrap(daily.length, meanShare, createRandom(`${seed}/pacing`)));
  const plan = facts.lately && planLeft(facts);
  const ahead = addUp(daily).cost_usd / daily.length;
  const isBeyond = plan && plan.days !== null && ahead * plan.days > OVER_PACE * plan.left_usd;
  const fired = interval !== null && (interval[1] < UNDER_PACE || interval[0] > OVER_PACE);
  if (isBeyond && !fired)
    return {
      ...finding,
      fired: true,
      value,
      interval,
      reason: `at this pace ${(ahead * plan.days!).toFixed(2)} USD are spent by the end, and ${plan.left_usd.toFixed(2)} are left of the total budget`,
    };
  return {
    ...finding,
    fired,
    value,
    interval,
    reason: `spends ${percent(value)} of the daily budget${interval ? ` (95 % ${percent(interval[0])} to ${percent(interval[1])})` : ''}`,
  };
}

function format(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function range([low, high]: Interval): string {
  return `${format(low)} to ${format(high)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
