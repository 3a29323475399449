/** Where uniform numbers in [0, 1) come from; the seeded stream of `config` fits. */
export interface Uniform {
  next(): number;
}

/** Standard normal variate by the polar method (Marsaglia & Bray, SIAM Review 6, 1964). */
export function sampleNormal(random: Uniform): number {
  for (;;) {
    const u = 2 * random.next() - 1;
    const v = 2 * random.next() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
  }
}

/**
 * Natural logarithm of a Gamma(shape, 1) variate: squeeze-free rejection of Marsaglia & Tsang, "A simple method for
 * generating gamma variables" (ACM TOMS 26, 2000). For shape < 1 the variate of shape + 1 is multiplied by
 * U^(1/shape); in logarithms, so that small shapes do not underflow to 0.
 * @param shape > 0
 */
export function sampleLogGamma(shape: number, random: Uniform): number {
  if (!(shape > 0) || !Number.isFinite(shape)) throw new RangeError(`shape must be > 0, got ${shape}`);
  if (shape < 1) return sampleLogGamma(shape + 1, random) + Math.log(1 - random.next()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = sampleNormal(random);
    const cubeRoot = 1 + c * x;
    if (cubeRoot <= 0) continue;
    const v = cubeRoot ** 3;
    if (Math.log(1 - random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d) + Math.log(v);
  }
}

/** Beta(alpha, beta) variate X / (X + Y) from two gamma variates; in [0, 1]. Both parameters > 0. */
export function sampleBeta(alpha: number, beta: number, random: Uniform): number {
  const logX = sampleLogGamma(alpha, random);
  const logY = sampleLogGamma(beta, random);
  return 1 / (1 + Math.exp(logY - logX));
}
