/**
 * Standard normal distribution function Φ(x), by W. J. Cody's rational approximations of erf as used for Φ
 * (Math. Comp. 23, 1969); here the form of Hart (1968) as printed by West, "Better approximations to cumulative normal
 * functions" (Wilmott, 2005): absolute error below 1e-14.
 */
export function normalCdf(x: number): number {
  const z = Math.abs(x);
  let tail: number;
  if (z > 37) tail = 0;
  else if (z < 7.07106781186547) {
    const top =
      (((((3.52624965998911e-2 * z + 0.700383064443688) * z + 6.37396220353165) * z + 33.912866078383) * z +
        112.079291497871) *
        z +
        221.213596169931) *
        z +
      220.206867912376;
    const bottom =
      ((((((8.83883476483184e-2 * z + 1.75566716318264) * z + 16.064177579207) * z + 86.7807322029461) * z +
        296.564248779674) *
        z +
        637.333633378831) *
        z +
        793.826512519948) *
        z +
      440.413735824752;
    tail = (Math.exp((-z * z) / 2) * top) / bottom;
  } else {
    tail = Math.exp((-z * z) / 2) / ((z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))) * 2.506628274631);
  }
  return x > 0 ? 1 - tail : tail;
}
