/**
 * Two-sided 95 % points of Student's t for 1 to 30 degrees of freedom (NIST/SEMATECH e-Handbook of Statistical
 * Methods, §1.3.6.7.2).
 */
const T_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

export interface PairedLift {
  /** Mean of treatment − control. */
  readonly mean: number;
  /** 95 %. */
  readonly interval: readonly [number, number];
  /** The mean as a share of the control's mean. */
  readonly relative: number;
  readonly pairs: number;
}

/** Mean difference of pairs with the interval of the paired t-test, d̄ ± t · s / √n. */
export function pairedLift(treatment: readonly number[], control: readonly number[]): PairedLift {
  const pairs = treatment.length;
  if (pairs < 2 || control.length !== pairs)
    throw new RangeError(`needs two lists of the same length, at least 2, got ${pairs} and ${control.length}`);
  const differences = treatment.map((value, index) => value - control[index]!);
  const mean = differences.reduce((sum, each) => sum + each, 0) / pairs;
  const deviation = Math.sqrt(differences.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (pairs - 1));
  const half = ((T_95[pairs - 2] ?? 1.96) * deviation) / Math.sqrt(pairs);
  const base = control.reduce((sum, each) => sum + each, 0) / pairs;
  return { mean, interval: [mean - half, mean + half], relative: base === 0 ? 0 : mean / base, pairs };
}
