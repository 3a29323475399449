import { stepEvidence, type StepEvidence, type TriageFacts } from '../core/index.js';

/** A step that did better than the others in similar situations, with the episodes that say so. */
export interface ProvenStep extends StepEvidence {
  readonly step: string;
  readonly episode_ids: readonly string[];
}

/** What a message looked like is no step to take. */
const TRAIT = /^(?:on|tone|about|to)_/;

/** The playbook step that raised the outcome most in similar episodes, beyond what chance explains; usually none. */
export function provenStep({ episodes = [] }: TriageFacts): ProvenStep | undefined {
  const [best] = [...stepEvidence(episodes)]
    .filter(([step, { interval }]) => interval[0] > 0 && !TRAIT.test(step))
    .sort(([firstStep, first], [secondStep, second]) => second.lift - first.lift || (firstStep < secondStep ? -1 : 1));
  if (!best) return undefined;
  const [step, evidence] = best;
  const taken = episodes.filter(({ action_sequence }) => action_sequence.includes(step));
  return { step, ...evidence, episode_ids: taken.map(({ episode_id }) => episode_id) };
}
