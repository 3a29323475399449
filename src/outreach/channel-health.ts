/** What the last messages of a channel came to. */
export interface ChannelRecord {
  readonly settled: number;
  readonly errors: number;
  readonly bounces: number;
  readonly complaints: number;
  /** The newest error, bounce or complaint. */
  readonly lastFailureAt: string | null;
  /** Messages on the wire now. */
  readonly inFlight: number;
  /** The other side refuses us; null where it does not. */
  readonly rest: { readonly until: string; readonly reason: string } | null;
}

export interface BreakerPolicy {
  /** Fewer settled messages than this say nothing. */
  readonly minSettled: number;
  readonly maxErrorShare: number;
  readonly maxBounceShare: number;
  readonly maxComplaintShare: number;
  /** Quiet time after the newest failure before one message may probe the channel. */
  readonly coolDownMinutes: number;
}

export type BreakerVerdict =
  { readonly open: false } | { readonly open: true; readonly reason: string; readonly earliest: number };

const MINUTE_MS = 60_000;

/**
 * Circuit breaker on shares of the recent past. Open: a share is at its limit and the newest failure is younger than
 * the cool-down. After it, half-open: one message at a time may go; its failure opens the breaker anew, its success
 * thins the share.
 */
export function judgeChannel(record: ChannelRecord, policy: BreakerPolicy, now: number): BreakerVerdict {
  if (record.rest) {
    const { until, reason } = record.rest;
    if (now < Date.parse(until)) return { open: true, reason, earliest: Date.parse(until) };
    if (record.inFlight > 0)
      return { open: true, reason: `${reason}; a probe is on its way`, earliest: now + MINUTE_MS };
    return { open: false };
  }
  const reason = whatIsWrong(record, policy);
  if (reason === null || record.lastFailureAt === null) return { open: false };
  const probeAt = Date.parse(record.lastFailureAt) + policy.coolDownMinutes * MINUTE_MS;
  if (now < probeAt) return { open: true, reason, earliest: probeAt };
  if (record.inFlight > 0) return { open: true, reason: `${reason}; a probe is on its way`, earliest: now + MINUTE_MS };
  return { open: false };
}

function whatIsWrong({ settled, errors, bounces, complaints }: ChannelRecord, policy: BreakerPolicy): string | null {
  if (settled < policy.minSettled) return null;
  const checks = [
    ['errors', errors, policy.maxErrorShare],
    ['bounces', bounces, policy.maxBounceShare],
    ['complaints', complaints, policy.maxComplaintShare],
  ] as const;
  const over = checks.find(([, count, limit]) => count > 0 && count / settled >= limit);
  return over ? `${over[1]} ${over[0]} in the last ${settled} messages reach the limit of ${over[2] * 100} %` : null;
}
