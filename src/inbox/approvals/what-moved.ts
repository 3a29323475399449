import { describeDifference, hashJson, jsonDifferences } from '../../decisions/index.js';
import type { Approval } from './approval.entity.js';

type Bound = Pick<Approval, 'effect' | 'effect_hash' | 'state_ref' | 'state_hash'>;

/**
 * Whether an approval still stands for what was asked: the exact effect, on the state that it was judged on.
 * @param state the present state, as the effect's handler reads it
 * @returns what moved, in words; undefined if nothing did
 */
export function whatMoved({ effect, effect_hash, state_ref, state_hash }: Bound, state: unknown): string | undefined {
  if (hashJson(effect) !== effect_hash) return 'the effect is no longer the one that approval was asked for';
  const present = state ?? null;
  if (hashJson(present) === state_hash) return undefined;
  if (present === null) return 'what the effect was judged on is gone';
  const moved = jsonDifferences(state_ref, JSON.parse(JSON.stringify(present))).map(describeDifference);
  return `the state that it was judged on has moved: ${moved.join('; ') || 'its record was changed'}`;
}
