/** One measured quantity over several runs; its value is the median. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly runs: readonly number[];
  readonly target?: Target;
}

export interface Target {
  readonly atLeast?: number;
  readonly below?: number;
  /** A better value that is hoped for. */
  readonly aim?: number;
}

export interface BenchReport {
  readonly bench: string;
  /** What was measured, in a sentence. */
  readonly what: string;
  readonly figures: readonly Figure[];
  /** The same work with nothing of ours around it, measured in between the runs. */
  readonly limits: readonly Figure[];
  readonly notes?: readonly string[];
}

export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The smallest value that is not below a share `rank` of all of them (nearest rank). NaN for no values. */
export function percentile(values: readonly number[], rank: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(rank * sorted.length) - 1)] ?? NaN;
}

/** Undefined where there is no target. */
export function isMet({ runs, target }: Figure): boolean | undefined {
  if (!target) return undefined;
  const value = median(runs);
  return (
    (target.atLeast === undefined || value >= target.atLeast) && (target.below === undefined || value < target.below)
  );
}

export function describeReport({ bench, what, figures, limits, notes = [] }: BenchReport): string {
  const lines = [
    `${bench}: ${what}`,
    ...figures.map((figure) => `  ${describeFigure(figure)}${describeTarget(figure)}`),
    ...limits.map((figure) => `  bare limit: ${describeFigure(figure)}`),
    ...notes.map((note) => `  ${note}`),
  ];
  return lines.join('\n');
}

function describeFigure({ name, unit, runs }: Figure): string {
  const all = runs.length > 1 ? ` (runs: ${runs.map(round).join(', ')})` : '';
  return `${name} ${round(median(runs))} ${unit}${all}`;
}

function describeTarget(figure: Figure): string {
  if (!figure.target) return '';
  const { atLeast, below, aim } = figure.target;
  const bound = atLeast === undefined ? `below ${below}` : `at least ${atLeast}`;
  return ` · target ${bound}${aim === undefined ? '' : `, ${aim} to aim for`}: ${isMet(figure) ? 'met' : 'MISSED'}`;
}

/** Three significant digits are more than the runs agree on. */
function round(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
