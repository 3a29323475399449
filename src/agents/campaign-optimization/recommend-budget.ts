import type { OptimizationFacts } from '../core/index.js';
import type { TriggerFinding } from './find-triggers.js';
import { addUp, round, type PerformanceMetrics } from './measure-campaign.js';
import { planLeft, raiseLimit } from './plan-limits.js';
import type { Draft, OptimizationConstraints } from './recommendation.js';
import type { SpendResponse } from './spend-response.js';

const LOWER_BY = 0.2;
/** Room above the dearest day that a released budget keeps. */
const HEADROOM = 1.2;
const CERTAIN = 0.95;
/** A budget that is used by less than this is not what holds the campaign back. */
const USED_BUDGET = 0.8;
/** The plan may go past what is left by a tenth: days differ. */
const OVER_PLAN = 1.1;
const OUTSIDE_RANGE = 'the new budget lies outside the range of spend seen before';

/**
 * Moves of the daily budget: released where it is never spent, raised where the next dollar surely pays, lowered
 * where it surely does not. The improvement is per dollar moved (what it brings more than it costs) or, for unused
 * budget, the share that comes free.
 */
export function recommendBudget(
  facts: OptimizationFacts,
  pacing: TriggerFinding | undefined,
  response: SpendResponse | null,
  constraints: OptimizationConstraints,
  notes: string[] = [],
): Draft[] {
  const { campaign, daily } = facts;
  const budget = campaign.daily_budget_usd;
  if (budget <= 0 || daily.length === 0) return [];
  const used = addUp(daily).cost_usd / daily.length / budget;
  if (pacing?.fired && pacing.interval && pacing.interval[1] < USED_BUDGET) return releaseUnused(budget, daily, pacing);
  const beyond = beyondPlan(facts);
  if (beyond) return [beyond];
  if (!response) return [];
  const [low, high] = response.marginal_roas_interval;
  const evidence = { ...evidenceOf(response), method: 'ln(revenue) on ln(cost), block bootstrap' };
  if (
    response.p_next_dollar_pays >= CERTAIN &&
    response.elasticity > 0 &&
    used >= USED_BUDGET &&
    constraints.max_budget_increase > 0
  ) {
    const limit = raiseLimit(facts, constraints);
    const { to } = limit;
    if (limit.reason !== null) notes.push(`no higher than ${to.toFixed(2)} USD a day: ${limit.reason}`);
    if (to <= budget) return [];
    const share = to / budget - 1;
    // with diminishing returns the step brings less per dollar than its first dollar
    const stepFactor = ((1 + share) ** response.elasticity - 1) / (share * response.elasticity);
    const gain = (marginal: number): number => round(marginal * stepFactor - 1);
    return [
      {
        type: 'budget_reallocation',
        description: `raise the daily budget from ${budget} to ${to} USD: the next dollar brings back ${response.marginal_roas.toFixed(2)}`,
        impact_estimate: gain(response.marginal_roas),
        impact_interval: [gain(low), gain(high)],
        impact_metric: 'return_per_usd_moved',
        evidence,
        change: { daily_budget_usd: to },
        inverse: { daily_budget_usd: budget },
        p_gain: response.p_next_dollar_pays,
        hold: to > HEADROOM * highestSpend(daily) ? OUTSIDE_RANGE : null,
      },
    ];
  }
  if (response.p_next_dollar_pays <= 1 - CERTAIN) {
    const to = toCents(budget * (1 - LOWER_BY));
    return [
      {
        type: 'budget_reallocation',
        description: `lower the daily budget from ${budget} to ${to} USD: the last dollar brings back only ${response.marginal_roas.toFixed(2)}`,
        impact_estimate: round(1 - response.marginal_roas),
        impact_interval: [round(1 - high), round(1 - low)],
        impact_metric: 'return_per_usd_moved',
        evidence,
        change: { daily_budget_usd: to },
        inverse: { daily_budget_usd: budget },
        p_gain: round(1 - response.p_next_dollar_pays),
        hold: to < lowestSpend(daily) ? OUTSIDE_RANGE : null,
      },
    ];
  }
  return [];
}

/**
 * More is planned than is left: the daily budget, on the days that are left, goes past the total. Cut by a person, who
 * may rather want to raise the total.
 */
function beyondPlan(facts: OptimizationFacts): Draft | null {
  const budget = facts.campaign.daily_budget_usd;
  const plan = facts.lately && planLeft(facts);
  if (!plan || plan.days === null || budget * plan.days <= plan.left_usd * OVER_PLAN) return null;
  const used = Math.min(budget, addUp(facts.daily).cost_usd / facts.daily.length);
  if (used * plan.days <= plan.left_usd * OVER_PLAN) return null;
  const over = round(1 - plan.daily_usd / budget);
  return {
    type: 'budget_reallocation',
    description: `lower the daily budget from ${budget} to ${plan.daily_usd} USD: ${plan.left_usd.toFixed(2)} of ${facts.campaign.total_budget_usd} USD are left for ${plan.days} days`,
    impact_estimate: over,
    impact_interval: [over, over],
    impact_metric: 'planned_beyond_total_share',
    evidence: { spent_usd: plan.spent_usd, left_usd: plan.left_usd, days_left: plan.days },
    change: { daily_budget_usd: plan.daily_usd },
    inverse: { daily_budget_usd: budget },
    p_gain: 1,
    hold: 'whether the days are cut or the total is raised is left to a person',
  };
}

/** Pausing is for people: it is proposed when the campaign loses money and its next dollar does not pay either. */
export function recommendPause(
  { campaign }: OptimizationFacts,
  metrics: PerformanceMetrics,
  lowRoas: TriggerFinding | undefined,
  response: SpendResponse | null,
): Draft[] {
  if (metrics.roas === null || !lowRoas?.fired || !lowRoas.interval || lowRoas.interval[1] >= 1) return [];
  const [low, high] = lowRoas.interval;
  return [
    {
      type: 'pause',
      description: `pause: each dollar brings back ${metrics.roas.toFixed(2)} (95 % ${low.toFixed(2)} to ${high.toFixed(2)})`,
      impact_estimate: round(1 - metrics.roas),
      impact_interval: [round(1 - high), round(1 - low)],
      impact_metric: 'loss_avoided_per_usd',
      evidence: { roas: metrics.roas, ...(response ? evidenceOf(response) : {}) },
      change: { status: 'paused' },
      inverse: { status: campaign.status },
      p_gain: 0.975,
      hold: 'stopping a campaign is left to a person',
    },
  ];
}

function releaseUnused(budget: number, daily: OptimizationFacts['daily'], pacing: TriggerFinding): Draft[] {
  const highest = highestSpend(daily);
  const to = toCents(Math.max(HEADROOM * highest, 1));
  if (to >= budget) return [];
  const freed = round(1 - to / budget);
  const releasesMost = freed > 0.5;
  return [
    {
      type: 'budget_reallocation',
      description: `release ${toCents(budget - to)} of ${budget} USD a day that are never spent: the dearest of ${daily.length} days cost ${highest}`,
      impact_estimate: freed,
      impact_interval: [freed, round(1 - pacing.interval![0])],
      impact_metric: 'unused_budget_share',
      evidence: { highest_daily_cost_usd: highest, days: daily.length, pace: pacing.value ?? 0 },
      change: { daily_budget_usd: to },
      inverse: { daily_budget_usd: budget },
      p_gain: 1 - 1 / (daily.length + 1),
      hold: releasesMost ? 'cutting more than half of a budget is left to a person' : null,
    },
  ];
}

function evidenceOf(response: SpendResponse) {
  return {
    elasticity: response.elasticity,
    marginal_roas: response.marginal_roas,
    p_next_dollar_pays: response.p_next_dollar_pays,
    days: response.days,
  };
}

function highestSpend(daily: OptimizationFacts['daily']): number {
  return Math.max(...daily.map(({ cost_usd: cost }) => cost));
}

function lowestSpend(daily: OptimizationFacts['daily']): number {
  return Math.min(...daily.map(({ cost_usd: cost }) => cost));
}

function toCents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
