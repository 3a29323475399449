import { newId } from '../config/index.js';
import { hashAddress } from './address.js';
import { makeUnsubscribeToken, readUnsubscribeToken } from './unsubscribe-links.js';

const CLAIM = { channel: 'SMS', address_hash: hashAddress('+19065794559'), message_id: newId('msg') } as const;
const token = makeUnsubscribeToken('secret', CLAIM);

it('says what it was made for', () => {
  expect(readUnsubscribeToken('secret', token)).toEqual(CLAIM);
});

it('fits a path without escaping', () => {
  expect(token).toMatch(/^[\w-]{1,100}$/);
});

it.each([
  ['another secret', token, 'other'],
  ['a changed payload', `${token.slice(0, 40)}${token[40] === 'A' ? 'B' : 'A'}${token.slice(41)}`, 'secret'],
  ['a changed signature', `${token[0] === 'A' ? 'B' : 'A'}${token.slice(1)}`, 'secret'],
  ['its end cut off', token.slice(0, -4), 'secret'],
  ['its head alone', token.slice(0, 22), 'secret'],
  ['something after it', `${token}AAAA`, 'secret'],
  ['other characters in it', `${token}.x`, 'secret'],
  ['nothing', '', 'secret'],
])('is refused with %s', (_, text, secret) => {
  expect(readUnsubscribeToken(secret, text)).toBeNull();
});
