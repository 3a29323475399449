import { sumUsd } from '../../money/index.js';
import type { OptimizationFacts } from '../core/index.js';
import type { OptimizationConstraints } from './recommendation.js';

const DAY_MS = 86_400_000;
/** No campaign is planned so far ahead: it has no end. */
const FAR_AHEAD_DAYS = 3_650;

/** What is left of a campaign's money and time. */
export interface PlanLeft {
  readonly spent_usd: number;
  readonly left_usd: number;
  /** Days on which it will still spend, today included; null without an end. */
  readonly days: number | null;
  /** The daily budget that uses up what is left, in whole cents; without an end, all that is left. */
  readonly daily_usd: number;
}

/** What is left at the time of the facts; null where the campaign has no total budget. */
export function planLeft({ campaign, daily, as_of: asOf }: OptimizationFacts): PlanLeft | null {
  const { total_budget_usd: total, end_date: end } = campaign;
  if (total <= 0) return null;
  const spent = sumUsd(daily.map(({ cost_usd }) => cost_usd));
  const left = Math.max(0, total - spent);
  const ahead = Math.ceil((Date.parse(end) - Date.parse(asOf)) / DAY_MS);
  const days = ahead > FAR_AHEAD_DAYS ? null : Math.max(1, ahead);
  return { spent_usd: spent, left_usd: left, days, daily_usd: Math.floor((100 * left) / (days ?? 1)) / 100 };
}

/** How high a daily budget may be raised, and what stands in the way of more. */
export interface RaiseLimit {
  readonly to: number;
  readonly reason: string | null;
}

/**
 * The step limit, which holds over the last seven days too (what was raised in them counts against it), and what is
 * left of the total budget over the days that are left.
 */
export function raiseLimit(
  facts: OptimizationFacts,
  { max_budget_increase: share }: OptimizationConstraints,
): RaiseLimit {
  const budget = facts.campaign.daily_budget_usd;
  const step = toCents(budget * (1 + share));
  // decisions that were made before what happened lately was read know of no other limit
  if (!facts.lately) return { to: step, reason: null };
  const raised = facts.lately.raised_usd;
  const weekly = toCents(Math.max(0, budget - raised) * (1 + share));
  const plan = planLeft(facts);
  const most = Math.min(step, weekly, plan?.daily_usd ?? Infinity);
  if (most >= step) return { to: step, reason: null };
  const reason =
    plan !== null && plan.daily_usd <= weekly
      ? `${plan.left_usd.toFixed(2)} USD are left of the total budget${plan.days === null ? '' : ` for ${plan.days} days`}: ${plan.daily_usd.toFixed(2)} a day`
      : `the daily budget was raised by ${raised.toFixed(2)} USD within the last seven days, and ${Math.round(share * 100)} % is the limit of a week`;
  return { to: most, reason };
}

function toCents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
