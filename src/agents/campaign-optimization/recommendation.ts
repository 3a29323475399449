import type { Interval } from '../../analytics/index.js';

export const RECOMMENDATION_TYPES = [
  'budget_reallocation',
  'audience_refinement',
  'creative_optimization',
  'pause',
] as const;
export type RecommendationType = (typeof RECOMMENDATION_TYPES)[number];

/** A change of the campaign, as the fields that it sets. Its inverse has the same shape with the old values. */
export interface CampaignChange {
  readonly daily_budget_usd?: number;
  readonly status?: 'active' | 'paused' | 'ended' | 'planned';
  readonly target_personas?: readonly string[];
  readonly excluded_variant_ids?: readonly string[];
}

export interface Recommendation {
  readonly type: RecommendationType;
  readonly description: string;
  /** Relative improvement of `impact_metric`: 0.12 is 12 % better. */
  readonly impact_estimate: number;
  /** 95 % interval of the improvement. */
  readonly impact_interval: Interval;
  readonly impact_metric: string;
  readonly evidence: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** Null if the recommendation is for people to carry out. */
  readonly change: CampaignChange | null;
  readonly inverse: CampaignChange | null;
  readonly auto_apply: boolean;
  readonly auto_apply_reason: string;
}

/** A recommendation before it is decided whether it may be carried out alone. */
export interface Draft extends Omit<Recommendation, 'auto_apply' | 'auto_apply_reason'> {
  /** Probability that it helps at all. */
  readonly p_gain: number;
  /** What stands against acting alone, whatever the evidence. */
  readonly hold: string | null;
}

export interface OptimizationConstraints {
  /** Largest raise of the daily budget in one step, as a share; 0.1 is 10 %. */
  readonly max_budget_increase: number;
  /** True forbids any change of the target personas. */
  readonly preserve_audience: boolean;
  /** Smaller improvements are not proposed. */
  readonly min_improvement: number;
}

export const DEFAULT_CONSTRAINTS: OptimizationConstraints = {
  max_budget_increase: 0.1,
  preserve_audience: false,
  min_improvement: 0.1,
};

/** Probability of a gain that a change must have to be made without a person. */
const P_GAIN_TO_ACT = 0.95;

/** Whether a drafted recommendation may be carried out alone, and why. */
export function judge(
  { p_gain: pGain, hold, ...draft }: Draft,
  status: string,
  { min_improvement: least }: OptimizationConstraints,
): Recommendation {
  const verdict = (auto: boolean, reason: string): Recommendation => ({
    ...draft,
    evidence: { ...draft.evidence, p_gain: pGain },
    auto_apply: auto,
    auto_apply_reason: reason,
  });
  if (draft.change === null) return verdict(false, 'for people to carry out');
  if (hold !== null) return verdict(false, hold);
  if (status !== 'active') return verdict(false, `the campaign is ${status}`);
  if (draft.impact_estimate < least)
    return verdict(false, `the improvement of ${draft.impact_estimate.toFixed(3)} is below ${least}`);
  if (pGain < P_GAIN_TO_ACT) return verdict(false, `P(gain) = ${pGain.toFixed(2)} is below ${P_GAIN_TO_ACT}`);
  if (draft.impact_interval[0] <= 0) return verdict(false, 'the interval of the improvement includes none at all');
  return verdict(
    true,
    `P(gain) = ${pGain.toFixed(2)}, improvement ${draft.impact_estimate.toFixed(2)} within the limits`,
  );
}
