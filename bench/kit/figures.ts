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
  readonly ratio?: RatioTarget;
}

/** The figure against the bare limit of the same run: that holds on any machine, where a number alone does not. */
export interface RatioTarget {
  /** The bare limit, as many times as the figure was taken. */
  readonly to: readonly number[];
  readonly atLeast?: number;
  readonly atMost?: number;
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

/** The figure divided by its bare limit, run by run. */
export function ratiosOf({ runs, target }: Figure): readonly number[] {
  const bare = target?.ratio?.to ?? [];
  if (bare.length === 0) return [];
  return bare.length === runs.length ? runs.map((run, index) => run / bare[index]!) : [median(runs) / median(bare)];
}

/** Undefined where there is no target, or none that can be judged: a bare limit that could not be measured. */
export function isMet(figure: Figure): boolean | undefined {
  const { atLeast, below, ratio } = figure.target ?? {};
  const ratios = ratiosOf(figure);
  const value = median(figure.runs);
  const verdicts = [
    ...(atLeast === undefined ? [] : [value >= atLeast]),
    ...(below === undefined ? [] : [value < below]),
    ...(ratio?.atLeast === undefined || ratios.length === 0 ? [] : [median(ratios) >= ratio.atLeast]),
    ...(ratio?.atMost === undefined || ratios.length === 0 ? [] : [median(ratios) <= ratio.atMost]),
  ];
  return verdicts.length === 0 ? undefined : verdicts.every(Boolean);
}

/** The report with what follows from its figures, for machines. */
export function judged(report: BenchReport): object {
  const withVerdict = (figure: Figure): object => {
    const ratios = ratiosOf(figure);
    const { name, unit, runs, target } = figure;
    return {
      name,
      unit,
      runs,
      median: median(runs),
      ratio: ratios.length > 0 ? median(ratios) : undefined,
      target,
      met: isMet(figure),
    };
  };
  return { ...report, figures: report.figures.map(withVerdict), limits: report.limits.map(withVerdict) };
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
  const { atLeast, below, aim, ratio } = figure.target;
  const ratios = ratiosOf(figure);
  const all = ratios.length > 1 ? ` (${ratios.map(round).join(', ')})` : '';
  const parts = ratio ? [ratios.length > 0 ? `${round(median(ratios))} of its bare limit${all}` : 'no bare limit'] : [];
  const bounds = [
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
    ...(ratio?.atLeast === undefined ? [] : [`at least ${ratio.atLeast} of the bare limit`]),
    ...(ratio?.atMost === undefined ? [] : [`at most ${ratio.atMost} of the bare limit`]),
  ];
  if (bounds.length > 0) {
    const met = isMet(figure);
    const verdict = met === undefined ? 'not judged' : met ? 'met' : 'MISSED';
    parts.push(`target ${bounds.join(', ')}${aim === undefined ? '' : `, ${aim} to aim for`}: ${verdict}`);
  }
  return parts.map((part) => ` · ${part}`).join('');
}

/** Three significant digits are more than the runs agree on. */
function round(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
