import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import { Injectable } from '@nestjs/common';
import { WallClock, Settings } from '../../config/index.js';
import { limited } from '../../errors/index.js';
import type { Principal } from '../../operations/index.js';

/** The general limit on requests: for each principal, and for those without one for each address. */
@Injectable()
export class RateLimiter {
  private readonly buckets: TokenBuckets | undefined;

  constructor(
    { rateLimitPerMinute }: Settings,
    private readonly clock: WallClock,
  ) {
    this.buckets = rateLimitPerMinute > 0 ? new TokenBuckets(rateLimitPerMinute) : undefined;
  }

  /** @returns undefined where the limit is switched off */
  take(caller: Principal | { ip: string }): Allowance | undefined {
    if (!this.buckets) return undefined;
    const key = 'id' in caller ? `principal ${caller.id}` : `network ${networkOf(caller.ip)}`;
    return this.buckets.take(key, this.clock.now().getTime());
  }

  /** @throws AppError limit for one call too many */
  count(caller: Principal | { ip: string }, noun = 'requests'): void {
    const allowance = this.take(caller);
    if (allowance?.isAllowed === false)
      throw limited(`more than ${allowance.limit} ${noun} a minute`, allowance.retryAfterSeconds);
  }
}

/** An IPv4 address itself; of an IPv6 address the /64, for one customer has all of that. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped) return mapped[1]!;
  if (!isIPv6(ip)) return ip;
  const [head = '', tail] = ip.split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? [] : new Array<string>(8 - left.length - right.length).fill('0');
  return (
    [...left, ...zeros, ...right]
      .slice(0, 4)
      .map((group) => parseInt(group, 16).toString(16))
      .join(':') + '::/64'
  );
}

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
  private readonly buckets: LRUCache<string, Bucket>;

  /** @param limit requests a minute, at least 1 */
  constructor(
    readonly limit: number,
    mostBuckets = MOST_BUCKETS,
  ) {
    if (!(limit >= 1)) throw new RangeError(`limit must be at least 1 request a minute, got ${limit}`);
    this.buckets = new LRUCache({ max: mostBuckets });
  }

  /** @param now milliseconds */
  take(key: string, now: number): Allowance {
    const perMs = this.limit / 60_000;
    const bucket = this.bucketOf(key, now);
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

  private bucketOf(key: string, now: number): Bucket {
    let bucket = this.buckets.get(key);
    if (!bucket) this.buckets.set(key, (bucket = { tokens: this.limit, filledAt: now }));
    return bucket;
  }
}
