import { stepLifts, type TriageFacts } from '../../core/index.js';

/** A step that did better than the others in similar situations, with the episodes that say so. */
export interface ProvenStep {
  readonly step: string;
  readonly lift: number;
  readonly episode_ids: readonly string[];
}

const LEAST_LIFT = 0.05;

/** The playbook step that raised the outcome most in similar episodes; undefined if none did to speak of. */
export function provenStep({ episodes = [] }: TriageFacts): ProvenStep | undefined {
  let best: { step: string; lift: number } | undefined;
  for (const [step, lift] of stepLifts(episodes)) {
    // what a message looked like is no step to take
    if (/^(?:on|tone|about|to)_/.test(step) || lift < LEAST_LIFT) continue;
    if (!best || lift > best.lift || (lift === best.lift && step < best.step)) best = { step, lift };
  }
  if (!best) return undefined;
  const { step } = best;
  return {
    ...best,
    episode_ids: episodes
      .filter(({ action_sequence }) => action_sequence.includes(step))
      .map(({ episode_id }) => episode_id),
  };
}
