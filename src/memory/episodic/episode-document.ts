import { hash } from 'node:crypto';
import type { EpisodicMemory } from './episodic.entities.js';

type Situation = Pick<EpisodicMemory, 'scenario' | 'action_sequence_json'>;

/**
 * The text that stands for an episode in both indexes. Steps written past the store may be no list: one such row must
 * not hold up the others.
 */
export function textOf({
  scenario,
  action_sequence_json: steps,
  notes,
}: Situation & Pick<EpisodicMemory, 'notes'>): string {
  return `${scenario} ${Array.isArray(steps) ? steps.join(' ') : ''} ${notes}`;
}

/** The same for the same scenario and the same steps in the same order. */
export function mergeKeyOf({ scenario, action_sequence_json: steps }: Situation): string {
  return hash('sha1', JSON.stringify([scenario, steps]), 'base64url').slice(0, 16);
}
