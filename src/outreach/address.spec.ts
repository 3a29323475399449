import { addressFor, hashAddress, normaliseAddress } from './address.js';

describe('normaliseAddress', () => {
  it.each([
    [' Ada@Example.COM ', 'ada@example.com'],
    ['Ada <ada@example.com>', 'ada@example.com'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ａda@example.com', 'ada@example.com'],
    ['ada+news@example.com', 'ada+news@example.com'],
    ['+1-906-579-4559', '+19065794559'],
    ['+1 (906) 579 4559 ext. 12', '+19065794559'],
    ['0049 30 123456', '+4930123456'],
    ['+44 (0)20 7946 0000', '+442079460000'],
    ['tel:+1-906-579-4559', '+19065794559'],
    ['906.579.4559', '9065794559'],
  ])('writes %j as %j', (given, expected) => {
    expect(normaliseAddress(given)).toBe(expected);
  });

  it('changes nothing when it is done twice', () => {
    for (const address of ['Ada@Bücher.example', '0049 30 123456', '+1-906-579-4559 x3']) {
      expect(normaliseAddress(normaliseAddress(address))).toBe(normaliseAddress(address));
    }
  });
});

it('hashes an address with SHA-256', () => {
  // printf 'ada@example.com' | sha256sum
  expect(hashAddress('ADA@example.com')).toBe('b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72');
});

it.each([
  ['Email', 'ada@example.com'],
  ['Social', 'ada@example.com'],
  ['SMS', '+19065794559'],
  ['Call', '+19065794559'],
] as const)('reaches a lead on %s at %s', (channel, address) => {
  expect(addressFor(channel, { email: 'ada@example.com', phone: '+19065794559' })).toBe(address);
});

it('knows no address where the lead has none', () => {
  expect(addressFor('SMS', { email: 'ada@example.com', phone: ' ' })).toBeNull();
  expect(addressFor('Email', { email: null, phone: '+1' })).toBeNull();
});
