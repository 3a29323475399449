import { fromMicros, sumUsd, toMicros } from './index.js';

describe('money', () => {
  it.each([
    [[], 0],
    [[0.1, 0.2], 0.3],
    [new Array(10).fill(0.1), 1],
    [[1.005, 1.005], 2.01],
    [[-0.1, 0.3], 0.2],
    [[8_999_999_999.999999], 8_999_999_999.999999],
  ])('of %j adds up to %d', (amounts, total) => expect(sumUsd(amounts)).toBe(total));

  it.each([0, 0.000001, 1.1, 45.67, 123_456_789.123456])('survives the way to millionths and back: %d', (usd) => {
    expect(Number.isInteger(toMicros(usd))).toBe(true);
    expect(fromMicros(toMicros(usd))).toBe(usd);
  });
});
