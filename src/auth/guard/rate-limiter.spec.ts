import { networkOf, TokenBuckets } from './rate-limiter.js';

describe('networkOf', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('counts %s as %s', (ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });
});

describe('TokenBuckets', () => {
  it("allows a minute's worth at once, then one for each refill", () => {
    const buckets = new TokenBuckets(60);
    const first = Array.from({ length: 60 }, () => buckets.take('a', 0));
    expect(first.every(({ isAllowed }) => isAllowed)).toBe(true);
    expect(first.at(-1)).toMatchObject({ remaining: 0, limit: 60, resetSeconds: 60 });
    expect(buckets.take('a', 0)).toMatchObject({ isAllowed: false, retryAfterSeconds: 1 });
    expect(buckets.take('a', 999)).toMatchObject({ isAllowed: false });
    expect(buckets.take('a', 1_000)).toMatchObject({ isAllowed: true });
    expect(buckets.take('a', 1_000)).toMatchObject({ isAllowed: false });
  });

  it('never holds more than the limit, and keeps keys apart', () => {
    const buckets = new TokenBuckets(2);
    buckets.take('a', 0);
    expect(buckets.take('a', 3_600_000)).toMatchObject({ isAllowed: true, remaining: 1 });
    expect(buckets.take('b', 0)).toMatchObject({ remaining: 1 });
  });

  it('gives nothing back when the clock goes backwards', () => {
    const buckets = new TokenBuckets(1);
    expect(buckets.take('a', 10_000).isAllowed).toBe(true);
    expect(buckets.take('a', 0).isAllowed).toBe(false);
  });

  it('forgets the key used longest ago once it holds too many', () => {
    const buckets = new TokenBuckets(1, 2);
    buckets.take('a', 0);
    buckets.take('b', 0);
    buckets.take('a', 0);
    buckets.take('c', 0);
    expect(buckets.size).toBe(2);
    expect(buckets.take('a', 0).isAllowed).toBe(false);
    expect(buckets.take('b', 0).isAllowed).toBe(true);
  });
});
