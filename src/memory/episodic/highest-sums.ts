/** Sums are whole numbers from −2^20 to 2^20 … */
export const LARGEST_SUM = 2 ** 20;
/** … and this is one that does not count. */
export const NO_SUM = -(2 ** 31);
const BUCKET_BITS = 9;
const BUCKETS = (2 * LARGEST_SUM) >> BUCKET_BITS;

/**
 * Where the highest of many sums are, at least `count` of them if there are so many and a bucket's worth more at
 * most: by counting them into buckets of equal width, which takes two passes over the sums whereas a sort or a heap
 * would move them about.
 * @param places takes the places of the found ones, in ascending order
 * @returns how many they are
 */
export function findHighest(sums: Int32Array, used: number, count: number, places: Int32Array): number {
  const sizes = new Int32Array(BUCKETS + 1);
  for (let place = 0; place < used; place++) {
    const sum = sums[place]!;
    if (sum !== NO_SUM) sizes[(sum + LARGEST_SUM) >> BUCKET_BITS]!++;
  }
  let lowest = BUCKETS;
  for (let taken = sizes[lowest]!; taken < count && lowest > 0;) taken += sizes[--lowest]!;
  const bar = (lowest << BUCKET_BITS) - LARGEST_SUM;
  let found = 0;
  for (let place = 0; place < used; place++) if (sums[place]! >= bar) places[found++] = place;
  return found;
}
