/** At most `max` messages in any `hours` hours, over all campaigns and channels. */
export interface FrequencyCap {
  readonly max: number;
  readonly hours: number;
}

const HOUR_MS = 3_600_000;

/**
 * The first instant at or after `from` at which one more message keeps every cap, for sliding windows (t - hours, t].
 * With the sends newest first, the window holds `max` of them until the `max`-th newest has left it, hours after it
 * was sent. A send later than `from` counts as if it had happened already.
 * @param sends when earlier messages took their slot, in any order, in milliseconds
 */
export function endOfCap(from: number, sends: readonly number[], caps: readonly FrequencyCap[]): number {
  const newestFirst = [...sends].sort((a, b) => b - a);
  const free = caps.map(({ max, hours }) => {
    if (max < 1) throw new RangeError(`a cap lets at least one message through, got ${max}`);
    const oldestThatCounts = newestFirst[max - 1];
    return oldestThatCounts === undefined ? from : oldestThatCounts + hours * HOUR_MS;
  });
  return Math.max(from, ...free);
}
