import type { OptimizationFacts } from '../core/index.js';
import type { PerformanceMetrics } from './measure-campaign.js';
import type { Draft } from './recommendation.js';

/** A figure that moved by less than this share is the same figure. */
const MATERIAL = 0.1;
const METRICS = ['roas', 'conversion_rate', 'ctr'] as const;

/**
 * Why a change is not made again: a person took one of its kind (of a budget: in the same direction) back within the
 * last fortnight, and none of the figures that it was decided on has moved by a tenth since. Undefined where nothing
 * of the kind stands against it.
 */
export function keptFrom(
  { lately, campaign }: OptimizationFacts,
  metrics: PerformanceMetrics,
  draft: Draft,
): string | undefined {
  const direction = Math.sign(
    (draft.change?.daily_budget_usd ?? campaign.daily_budget_usd) - campaign.daily_budget_usd,
  );
  const undone = lately?.undone.find(
    (each) =>
      each.type === draft.type &&
      each.direction === direction &&
      METRICS.every((name) => isSame(each.metrics[name], metrics[name])),
  );
  return (
    undone &&
    `a person took back such a change on ${undone.undone_at}, and the figures are the same: ${draft.description}`
  );
}

function isSame(before: number | null, now: number | null): boolean {
  if (before === null || now === null) return before === now;
  return Math.abs(now - before) < MATERIAL * Math.abs(before) || now === before;
}
