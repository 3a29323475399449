import { ESCALATION_REASON, type EscalationReason } from '../vocabulary/index.js';

/** From this rank on what is worth more comes first; before it, what waits longest. */
const FIRST_BY_WORTH = 6;
/** Approvals and cases of unknown reasons stand with "the rest". */
const RANK_OF_THE_REST = FIRST_BY_WORTH;
/** In cents; more than any case is worth. Thirteen digits, so that text order is number order. */
const MOST_CENTS = 9_999_999_999_999;
const DIGITS = String(MOST_CENTS).length;

/** Between which texts the places of a reason lie: the first is among them, the last beyond. */
export function placesOf(reason: EscalationReason): readonly [string, string] {
  const { rank } = ESCALATION_REASON[reason];
  return [String(rank), String(rank + 1)];
}

/**
 * Where something stands in the line before people, as text that sorts: the rank of its reason; for the rest, what it
 * is worth, the most first; how long it has waited. What a caller said of urgency has no part in it.
 * @param worth USD that are expected of it, >= 0
 * @param waitingSince ISO-8601 UTC
 */
export function sortKey(reason: EscalationReason | 'approval', worth: number, waitingSince: string): string {
  const rank = reason === 'approval' ? RANK_OF_THE_REST : (ESCALATION_REASON[reason]?.rank ?? RANK_OF_THE_REST);
  const cents = Math.min(MOST_CENTS, Math.max(0, Math.round((Number.isFinite(worth) ? worth : 0) * 100)));
  const behind = rank < FIRST_BY_WORTH ? 0 : MOST_CENTS - cents;
  return `${rank}${String(behind).padStart(DIGITS, '0')}${waitingSince}`;
}
