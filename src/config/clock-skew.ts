/** Clocks of others may run ahead of ours by this many milliseconds: what lies further ahead has not happened. */
export const CLOCK_SKEW_MS = 5 * 60_000;

/** Whether an instant lies in the future, as far as clocks agree. */
export function isAhead(instant: string, now: string): boolean {
  return Date.parse(instant) > Date.parse(now) + CLOCK_SKEW_MS;
}
