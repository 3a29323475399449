/** Dampens the first places, so that one ranking alone cannot carry an item; the value of the paper. */
const RRF_K = 60;

/** One ranking: each item's value, a higher one first. What it does not hold gets nothing from it. */
export type Ranking<T> = ReadonlyMap<T, number>;

/**
 * Reciprocal rank fusion: the sum of 1 / (60 + rank) over the rankings that hold the item, ranks from 1 (Cormack,
 * Clarke & Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods", SIGIR
 * 2009). Equal values share the better rank.
 */
export function fuseRankings<T>(rankings: readonly Ranking<T>[]): Map<T, number> {
  const scores = new Map<T, number>();
  for (const ranking of rankings) {
    for (const [item, rank] of ranksOf(ranking)) scores.set(item, (scores.get(item) ?? 0) + 1 / (RRF_K + rank));
  }
  return scores;
}

/** The place of each item, from 1; equal values share the better place and the next one is skipped. */
export function ranksOf<T>(ranking: Ranking<T>): Map<T, number> {
  const sorted = [...ranking].sort(([, one], [, other]) => other - one);
  const ranks = new Map<T, number>();
  let rank = 0;
  sorted.forEach(([item, value], index) => {
    if (index === 0 || value !== sorted[index - 1]![1]) rank = index + 1;
    ranks.set(item, rank);
  });
  return ranks;
}
