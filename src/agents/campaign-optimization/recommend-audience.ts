import { twoProportions, wilsonInterval } from '../../analytics/index.js';
import type { OptimizationFacts } from '../core/index.js';
import { round } from './measure-campaign.js';
import type { Draft } from './recommendation.js';

const MIN_LEADS = 30;
const SIGNIFICANCE = 0.05;

/**
 * Drops the target persona that converts worst, if it is surely below the others: two-proportion test with the level
 * divided by the number of personas tried (Bonferroni), 30 leads on each side. The improvement is what the rest's
 * conversion rate is above that of all.
 */
export function recommendAudience({ campaign, personas }: OptimizationFacts): Draft[] {
  const targeted = personas.filter(({ persona }) => campaign.target_personas.includes(persona));
  if (targeted.length < 2) return [];
  const all = sum(targeted);
  let worst: Draft | undefined;
  let worstP = SIGNIFICANCE / targeted.length;
  for (const { persona, trials, successes } of targeted) {
    const rest = { trials: all.trials - trials, successes: all.successes - successes };
    if (trials < MIN_LEADS || rest.trials < MIN_LEADS || all.successes === 0) continue;
    const { difference, pValue } = twoProportions({ trials, successes }, rest);
    if (difference >= 0 || pValue >= worstP) continue;
    worstP = pValue;
    const overall = all.successes / all.trials;
    const [low, high] = wilsonInterval(rest.successes, rest.trials);
    worst = {
      type: 'audience_refinement',
      description: `stop targeting ${persona}: ${successes} of ${trials} leads converted, of the other personas ${rest.successes} of ${rest.trials}`,
      impact_estimate: round(rest.successes / rest.trials / overall - 1),
      impact_interval: [round(low / overall - 1), round(high / overall - 1)],
      impact_metric: 'lead_conversion_rate',
      evidence: {
        persona,
        p_value: round(pValue),
        leads: trials,
        other_leads: rest.trials,
        personas_tried: targeted.length,
      },
      change: { target_personas: campaign.target_personas.filter((each) => each !== persona) },
      inverse: { target_personas: campaign.target_personas },
      p_gain: round(1 - pValue / 2),
      hold: null,
    };
  }
  return worst ? [worst] : [];
}

function sum(parts: readonly { trials: number; successes: number }[]): { trials: number; successes: number } {
  return {
    trials: parts.reduce((total, { trials }) => total + trials, 0),
    successes: parts.reduce((total, { successes }) => total + successes, 0),
  };
}
