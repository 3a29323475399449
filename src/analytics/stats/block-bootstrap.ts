/** Where uniform whole numbers come from; the seeded stream of `config` fits. */
export interface UniformInteger {
  integer(bound: number): number;
}

/**
 * Block length n^(1/3), the rate that is optimal for the variance of a mean (Künsch, Ann. Statist. 17, 1989), at
 * least 1.
 */
export function blockLength(n: number): number {
  return Math.max(1, Math.round(Math.cbrt(n)));
}

/**
 * Circular block bootstrap (Politis & Romano, 1992): resamples a series in blocks of consecutive days, joined end to
 * start, so that dependence between neighbours survives.
 * @param statistic gets the drawn indices, as many as the series has, in a buffer that is reused
 * @returns one value of the statistic for each replicate
 */
export function blockBootstrap(
  n: number,
  statistic: (indices: Int32Array) => number,
  random: UniformInteger,
  replicates = 400,
): Float64Array {
  if (!(n >= 1)) throw new RangeError(`the series must not be empty, got ${n}`);
  const length = blockLength(n);
  const indices = new Int32Array(n);
  const values = new Float64Array(replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    for (let filled = 0; filled < n;) {
      const start = random.integer(n);
      for (let step = 0; step < length && filled < n; step++) indices[filled++] = (start + step) % n;
    }
    values[replicate] = statistic(indices);
  }
  return values;
}

/**
 * Quantile by linear interpolation between order statistics (type 7 of Hyndman & Fan, 1996). Values that are not
 * finite are left out.
 * @param probability 0 to 1
 * @returns NaN if no value is finite
 */
export function quantile(values: Float64Array | readonly number[], probability: number): number {
  if (!(probability >= 0 && probability <= 1)) throw new RangeError(`probability must be 0..1, got ${probability}`);
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  if (sorted.length === 0) return NaN;
  const position = (sorted.length - 1) * probability;
  const low = Math.floor(position);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (position - low) * (sorted[high]! - sorted[low]!);
}
