import { canonicalJson, hashJson } from './canonical-json.js';

describe('canonicalJson', () => {
  it.each<[unknown, string]>([
    [{ b: 1, a: { d: [3, 1], c: null } }, '{"a":{"c":null,"d":[3,1]},"b":1}'],
    [{ b: undefined, a: 1 }, '{"a":1}'],
    [[undefined, 'é "x"'], '[null,"é \\"x\\""]'],
    [1e21, '1e+21'],
    [-0, '0'],
    [0.1 + 0.2, '0.30000000000000004'],
    [{ at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    // RFC 8785, 3.2.3: keys are sorted by UTF-16 units, so that U+1F600 (D83D DE00) comes before U+FB33
    [{ '\ufb33': 1, '\u{1f600}': 2, '1': 3, '\r': 4 }, '{"\\r":4,"1":3,"\u{1f600}":2,"\ufb33":1}'],
  ])('writes %j as %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('does not depend on the order in which the keys were set', () => {
    expect(hashJson({ a: 1, b: { c: 2, d: 3 } })).toBe(hashJson({ b: { d: 3, c: 2 }, a: 1 }));
    expect(hashJson([1, 2])).not.toBe(hashJson([2, 1]));
  });

  it('is the hash of what was stored, also after storing', () => {
    const value = { budget: 0.1 + 0.2, none: undefined, days: ['2026-01-31'], nested: { z: null, a: -0 } };
    expect(hashJson(JSON.parse(JSON.stringify(value)))).toBe(hashJson(value));
  });

  it('hashes as SHA-256 does', () => {
    // sha256('{}')
    expect(hashJson({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });

  it.each([NaN, Infinity, 1n, () => 1, undefined, { a: [NaN] }])('refuses what JSON cannot hold', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});
