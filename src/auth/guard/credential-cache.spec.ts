import { FixedClock } from '../../config/index.js';
import { type Credential, CredentialCache } from './credential-cache.js';

const credential = (userId: string, endsAt = Infinity): Credential => ({
  principal: { id: userId, kind: 'user', name: userId, scopes: new Set() },
  userId,
  endsAt,
});

describe('CredentialCache', () => {
  let clock: FixedClock;
  let cache: CredentialCache;
  beforeEach(() => {
    clock = new FixedClock('2026-01-05T09:00:00.000Z');
    cache = new CredentialCache(clock);
  });

  it('knows a credential for five seconds', async () => {
    await cache.remember('a', async () => credential('ana'));
    clock.advance(4_999);
    expect(cache.get('a')?.userId).toBe('ana');
    clock.advance(1);
    expect(cache.get('a')).toBeUndefined();
  });

  it('never knows it beyond its own end', async () => {
    await cache.remember('a', async () => credential('ana', clock.now().getTime() + 1_000));
    clock.advance(1_000);
    expect(cache.get('a')).toBeUndefined();
  });

  it('forgets all credentials of a user at once, and no others', async () => {
    await cache.remember('a', async () => credential('ana'));
    await cache.remember('b', async () => credential('bo'));
    cache.forgetUser('ana');
    expect(cache.get('a')).toBeUndefined();
    expect(cache.get('b')?.userId).toBe('bo');
  });

  it('does not keep what was read while something was revoked', async () => {
    await cache.remember('a', async () => {
      cache.forgetUser('ana');
      return credential('ana');
    });
    expect(cache.get('a')).toBeUndefined();
  });

  it('keeps nothing of a check that failed', async () => {
    await expect(cache.remember('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(cache.get('a')).toBeUndefined();
  });
});
