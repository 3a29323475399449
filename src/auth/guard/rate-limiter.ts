import { isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Clock, Settings } from '../../config/index.js';
import type { Principal } from '../../operations/index.js';
import { type Allowance, TokenBuckets } from './token-buckets.js';

/** The general limit on requests: for each principal, and for those without one for each address. */
@Injectable()
export class RateLimiter {
  private readonly buckets: TokenBuckets | undefined;

  constructor(
    { rateLimitPerMinute }: Settings,
    private readonly clock: Clock,
  ) {
    this.buckets = rateLimitPerMinute > 0 ? new TokenBuckets(rateLimitPerMinute) : undefined;
  }

  /** @returns undefined where the limit is switched off */
  take(caller: Principal | { ip: string }): Allowance | undefined {
    if (!this.buckets) return undefined;
    const key = 'id' in caller ? `principal ${caller.id}` : `network ${networkOf(caller.ip)}`;
    return this.buckets.take(key, this.clock.now().getTime());
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
