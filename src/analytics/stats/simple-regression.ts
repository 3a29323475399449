export interface SimpleRegression {
  readonly slope: number;
  readonly intercept: number;
  /** NaN with fewer than 3 points or when x does not vary. */
  readonly slopeStandardError: number;
}

/**
 * Ordinary least squares of y on x: slope = Sxy / Sxx, its standard error √(RSS / (n − 2) / Sxx).
 * The slope is NaN when x does not vary.
 */
export function simpleRegression(x: ArrayLike<number>, y: ArrayLike<number>): SimpleRegression {
  const n = x.length;
  if (n !== y.length || n < 2)
    throw new RangeError(`x and y must have the same length, at least 2, got ${n} and ${y.length}`);
  let meanX = 0;
  let meanY = 0;
  for (let i = 0; i < n; i++) {
    meanX += x[i]! / n;
    meanY += y[i]! / n;
  }
  let sxx = 0;
  let sxy = 0;
  let syy = 0;
  for (let i = 0; i < n; i++) {
    const dx = x[i]! - meanX;
    const dy = y[i]! - meanY;
    sxx += dx * dx;
    sxy += dx * dy;
    syy += dy * dy;
  }
  if (sxx === 0) return { slope: NaN, intercept: meanY, slopeStandardError: NaN };
  const slope = sxy / sxx;
  const residual = Math.max(0, syy - slope * sxy);
  return {
    slope,
    intercept: meanY - slope * meanX,
    slopeStandardError: n > 2 ? Math.sqrt(residual / (n - 2) / sxx) : NaN,
  };
}
