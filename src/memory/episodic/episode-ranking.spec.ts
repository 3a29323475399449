import { fuseRankings, ranksOf } from './episode-ranking.js';

describe('fuseRankings', () => {
  it('adds up 1 / (60 + rank) over the rankings that hold an item', () => {
    const scores = fuseRankings([
      new Map([
        ['a', 0.9],
        ['b', 0.5],
      ]),
      new Map([
        ['b', 12],
        ['c', 3],
      ]),
    ]);
    expect(scores.get('a')).toBeCloseTo(1 / 61, 12);
    expect(scores.get('b')).toBeCloseTo(1 / 62 + 1 / 61, 12);
    expect(scores.get('c')).toBeCloseTo(1 / 62, 12);
  });

  it('gives equal values the same rank, and skips the next', () => {
    expect([
      ...ranksOf(
        new Map([
          ['a', 1],
          ['b', 2],
          ['c', 2],
          ['d', 0],
        ]),
      ),
    ]).toEqual([
      ['b', 1],
      ['c', 1],
      ['a', 3],
      ['d', 4],
    ]);
  });

  it('makes nothing of nothing', () => {
    expect(fuseRankings([]).size).toBe(0);
    expect(fuseRankings([new Map()]).size).toBe(0);
  });
});
