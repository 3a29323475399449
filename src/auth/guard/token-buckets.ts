/** How much of a limit is left after a request, in the terms of the RateLimit header fields. */
export interface Allowance {
  readonly isAllowed: boolean;
  /** Requests a minute. */
  readonly limit: number;
  /** Whole requests left right now. */
  readonly remaining: number;
  /** Seconds until the next request is allowed; 0 where one is allowed now. */
  readonly retryAfterSeconds: number;
  /** Seconds until the whole limit is there again. */
  readonly resetSeconds: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

const MOST_BUCKETS = 50_000;

/**
 * Token buckets, one for each key: each holds a minute's worth of requests and refills evenly. The number of buckets is
 * bounded; the one that was used longest ago goes first, and comes back full.
 */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();

  /** @param limit requests a minute, at least 1 */
  constructor(
    readonly limit: number,
    private readonly mostBuckets = MOST_BUCKETS,
  ) {
    if (!(limit >= 1)) throw new RangeError(`limit must be at least 1 request a minute, got ${limit}`);
  }

  /** @param now milliseconds */
  take(key: string, now: number): Allowance {
    const perMs = this.limit / 60_000;
    const bucket = this.freshest(key, now);
    const refill = Math.max(0, now - bucket.filledAt) * perMs;
    bucket.tokens = Math.min(this.limit, bucket.tokens + refill);
    bucket.filledAt = now;
    const isAllowed = bucket.tokens >= 1;
    if (isAllowed) bucket.tokens -= 1;
    return {
      isAllowed,
      limit: this.limit,
      remaining: Math.floor(bucket.tokens),
      retryAfterSeconds: bucket.tokens >= 1 ? 0 : Math.ceil((1 - bucket.tokens) / perMs / 1000),
      resetSeconds: Math.ceil((this.limit - bucket.tokens) / perMs / 1000),
    };
  }

  /** Fills the key's bucket again. */
  refill(key: string): void {
    this.buckets.delete(key);
  }

  get size(): number {
    return this.buckets.size;
  }

  /** The key's bucket, moved to the end of the map, which keeps it in the order of use. */
  private freshest(key: string, now: number): Bucket {
    const bucket = this.buckets.get(key) ?? { tokens: this.limit, filledAt: now };
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    if (this.buckets.size > this.mostBuckets) this.buckets.delete(this.buckets.keys().next().value!);
    return bucket;
  }
}
