import { createHmac } from 'node:crypto';
import { FixedClock, Settings } from '../../config/index.js';
import { type AccessClaims, AccessTokens } from './access-tokens.js';

const SECRET = 'a secret of more than thirty-two characters';
const CLAIMS: AccessClaims = { sub: 'usr_1', sid: 'ses_1', role: 'viewer', scopes: ['leads:read'], ver: 3 };

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token signed by hand, for the cases that the class itself would never make. */
function handmade(header: object, payload: object, digest = 'sha256', secret = SECRET): string {
  const text = `${base64(header)}.${base64(payload)}`;
  return `${text}.${createHmac(digest, secret).update(text).digest('base64url')}`;
}

describe('AccessTokens', () => {
  const clock = new FixedClock('2026-01-05T09:00:00.000Z');
  const nowSeconds = clock.now().getTime() / 1000;
  const tokens = new AccessTokens(new Settings({ HERALD_JWT_SECRET: SECRET, HERALD_DATA_DIR: '/nonexistent' }), clock);
  const good = { ...CLAIMS, iss: 'herald', aud: 'herald-api', iat: nowSeconds, exp: nowSeconds + 60 };

  afterEach(() => clock.set('2026-01-05T09:00:00.000Z'));

  it('reads back what it signed', () => {
    expect(tokens.verify(tokens.sign(CLAIMS))).toMatchObject({ ...CLAIMS, exp: nowSeconds + 900 });
  });

  it('ends after 15 minutes of the injected clock', () => {
    const token = tokens.sign(CLAIMS);
    clock.advance(899_000);
    expect(() => tokens.verify(token)).not.toThrow();
    clock.advance(1_000);
    expect(() => tokens.verify(token)).toThrow('expired');
  });

  it('takes a handmade token where everything is right, so that the refusals below mean something', () => {
    expect(tokens.verify(handmade({ alg: 'HS256', typ: 'JWT' }, good))).toMatchObject(CLAIMS);
  });

  it.each([
    ['no algorithm', `${base64({ alg: 'none' })}.${base64(good)}.`],
    ['another algorithm', handmade({ alg: 'HS512' }, good, 'sha512')],
    ['another secret', handmade({ alg: 'HS256' }, good, 'sha256', `${SECRET}!`)],
    ['another issuer', handmade({ alg: 'HS256' }, { ...good, iss: 'elsewhere' })],
    ['another audience', handmade({ alg: 'HS256' }, { ...good, aud: 'elsewhere' })],
    ['a changed payload', tokensWithPayload({ ...good, role: 'admin' })],
    ['no token at all', 'not.a.token'],
  ])('refuses %s', (_, token) => {
    expect(() => tokens.verify(token)).toThrow('access token is invalid');
  });

  function tokensWithPayload(payload: object): string {
    const [header, , signature] = handmade({ alg: 'HS256' }, good).split('.');
    return `${header}.${base64(payload)}.${signature}`;
  }
});
