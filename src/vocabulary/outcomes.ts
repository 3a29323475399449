/** How an event of a lead's history came out, and what that says of the lead. */
const TABLE = {
  none: { says: 'nothing' },
  positive: { says: 'good' },
  negative: { says: 'bad' },
  unsubscribe: { says: 'leave me' },
  callback_requested: { says: 'good' },
} as const satisfies Record<string, { says: 'good' | 'bad' | 'leave me' | 'nothing' }>;

export type Outcome = keyof typeof TABLE;
export const OUTCOMES = Object.keys(TABLE) as readonly Outcome[];
/** The lead answered well. */
export const GOOD_OUTCOMES = OUTCOMES.filter((each) => TABLE[each].says === 'good');

export function isGoodOutcome(outcome: string): boolean {
  return (GOOD_OUTCOMES as readonly string[]).includes(outcome);
}
