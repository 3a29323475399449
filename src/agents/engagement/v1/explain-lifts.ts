import { stepLifts, type EngagementFacts } from '../../core/index.js';
import type { RankedOption } from '../choose-variant.js';
import { stepOf, toneStep } from '../similar-episodes.js';

/** What memory says of the chosen words; nothing where it says nothing. */
export function liftsOf(
  { call_to_action, tone }: RankedOption['variant'],
  episodes: EngagementFacts['episodes'],
  triples: EngagementFacts['triples'],
): string[] {
  const lifts = stepLifts(episodes, triples);
  const told = [stepOf(call_to_action), tone === null ? undefined : toneStep(tone)].flatMap((step) => {
    const lift = step === undefined ? undefined : lifts.get(step);
    return lift === undefined
      ? []
      : [`${step!.replaceAll('_', ' ')} ${lift < 0 ? '−' : '+'}${Math.abs(lift).toFixed(2)}`];
  });
  return told.length === 0 ? [] : [`outcome in such cases against the mean: ${told.join(', ')}`];
}

/** The steps that did better than the mean in similar episodes, the best first. */
export function stepsWithLift({ episodes, triples }: EngagementFacts): string[] {
  return [...stepLifts(episodes, triples)]
    .filter(([, lift]) => lift > 0)
    .sort(([firstStep, first], [secondStep, second]) => second - first || (firstStep < secondStep ? -1 : 1))
    .map(([step]) => step);
}
