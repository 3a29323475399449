import { describeDifference, jsonDifferences } from './json-differences.js';

describe('jsonDifferences', () => {
  it.each<[unknown, unknown, string[]]>([
    [{ a: 1 }, { a: 1 }, []],
    [{ status: 'New', score: 5 }, { status: 'Won', score: 5 }, ['status was "New", is "Won"']],
    [{ a: [1, 2] }, { a: [1, 3, 4] }, ['a[1] was 2, is 3', 'a[2] was null, is 4']],
    [{ a: { b: 1 } }, { a: null }, ['a was {"b":1}, is null']],
    [{ a: null }, {}, []],
    [{}, { a: 1 }, ['a was null, is 1']],
    [0.3, 0.1 + 0.2, ['it was 0.3, is 0.30000000000000004']],
    [[], {}, ['it was [], is {}']],
  ])('between %j and %j: %j', (before, after, words) => {
    expect(jsonDifferences(before, after).map(describeDifference)).toEqual(words);
  });

  it('stops at fifty', () => {
    expect(
      jsonDifferences(
        Array.from({ length: 90 }, (_, index) => index),
        [],
      ),
    ).toHaveLength(50);
  });
});
