import { createRandom } from '../../config/index.js';
import {
  betaPrior,
  compareArms,
  fitPriorStrength,
  indexOfMax,
  sampleBeta,
  updateBelief,
  type BetaBelief,
} from '../../learning/index.js';
import type { Trials } from '../../crm/index.js';
import type { OptimizationFacts } from '../core/index.js';
import type { TriggerFinding } from './find-triggers.js';
import { percentiles, round } from './measure-campaign.js';
import type { Draft } from './recommendation.js';

/** Limits of the leads that the common prior of the variants is worth; within them the variants' own spread decides. */
const PRIOR_STRENGTH = { min: 20, max: 2000 };
const MIN_TRIALS = 30;
const DRAWS = 2000;
/** A variant is taken out when it is the best with less than this probability. */
const HOPELESS = 0.02;

/**
 * Takes variants out that are almost surely not the best, half of them at most. Beliefs are Beta with a common prior
 * whose strength follows from how much the variants differ beyond chance; the improvement is the mean rate of those
 * that stay against the mean rate of all, from joint posterior draws. Without such variants, but with a weak or
 * tiring click rate, it asks for new creatives.
 */
export function recommendCreative(
  { campaign, variants }: OptimizationFacts,
  findings: readonly TriggerFinding[],
  seed: string,
): Draft[] {
  const tested = variants.filter(({ trials }) => trials >= MIN_TRIALS);
  const beliefs = beliefsOf(tested);
  const arms = tested.length >= 2 ? compareArms(beliefs, createRandom(`${seed}/variants`), DRAWS) : [];
  const hopeless = new Set(
    arms
      .map(({ probabilityBest, expectedLoss }, index) => ({ index, probabilityBest, expectedLoss }))
      .filter(({ probabilityBest }) => probabilityBest < HOPELESS)
      .sort((first, second) => second.expectedLoss - first.expectedLoss)
      .slice(0, Math.floor(tested.length / 2))
      .map(({ index }) => index),
  );
  if (hopeless.size > 0) {
    const gains = gainDraws(beliefs, hopeless, seed);
    const interval = percentiles(gains)!;
    const out = [...hopeless].map((index) => tested[index]!.variant_id);
    const best = indexOfMax(arms.map(({ probabilityBest }) => probabilityBest));
    return [
      {
        type: 'creative_optimization',
        description: `stop ${out.join(', ')} and give the traffic to ${tested.length - out.length} better variants, first of them ${tested[best]!.variant_id}`,
        impact_estimate: round(gains.reduce((sum, gain) => sum + gain, 0) / gains.length),
        impact_interval: interval,
        impact_metric: 'success_rate',
        evidence: {
          best_variant: tested[best]!.variant_id,
          p_best: arms[best]!.probabilityBest,
          stopped: out,
          leads: tested.reduce((sum, { trials }) => sum + trials, 0),
        },
        change: { excluded_variant_ids: [...campaign.excluded_variant_ids, ...out] },
        inverse: { excluded_variant_ids: campaign.excluded_variant_ids },
        p_gain: round(gains.filter((gain) => gain > 0).length / gains.length),
        hold: null,
      },
    ];
  }
  return askForNewCreatives(findings);
}

function askForNewCreatives(findings: readonly TriggerFinding[]): Draft[] {
  const tired = findings.find(({ trigger, fired }) => fired && trigger === 'fatigue');
  const weak = findings.find(({ trigger, fired }) => fired && trigger === 'low_ctr');
  const gap = weak?.value && weak.baseline ? weak.baseline / weak.value - 1 : tired?.value ? -tired.value : null;
  if (gap === null) return [];
  return [
    {
      type: 'creative_optimization',
      description: `${tired ? 'the creatives tire' : 'the creatives draw fewer clicks than those of other campaigns'}, and no variant stands out: test new ones`,
      impact_estimate: round(gap / 2),
      // new creatives may change nothing, and are not expected to do more than close the gap
      impact_interval: [0, round(gap)],
      impact_metric: 'ctr',
      evidence: { gap: round(gap), triggers: findings.filter(({ fired }) => fired).map(({ trigger }) => trigger) },
      change: null,
      inverse: null,
      p_gain: 0.5,
      hold: null,
    },
  ];
}

function beliefsOf(variants: readonly Trials[]): BetaBelief[] {
  const trials = variants.reduce((sum, each) => sum + each.trials, 0);
  const successes = variants.reduce((sum, each) => sum + each.successes, 0);
  const prior = betaPrior((successes + 1) / (trials + 2), fitPriorStrength(variants, PRIOR_STRENGTH));
  return variants.map((variant) => updateBelief(prior, variant));
}

/** Draws of (mean rate of those that stay) / (mean rate of all) − 1. */
function gainDraws(beliefs: readonly BetaBelief[], out: ReadonlySet<number>, seed: string): Float64Array {
  const random = createRandom(`${seed}/gain`);
  const gains = new Float64Array(DRAWS);
  for (let draw = 0; draw < DRAWS; draw++) {
    let all = 0;
    let kept = 0;
    beliefs.forEach((belief, index) => {
      const rate = sampleBeta(belief.alpha, belief.beta, random);
      all += rate / beliefs.length;
      if (!out.has(index)) kept += rate / (beliefs.length - out.size);
    });
    gains[draw] = kept / all - 1;
  }
  return gains;
}
