import type { BenchData } from './bench-data.js';
import type { BenchReport, Figure, Target } from './figures.js';

export interface BenchContext {
  readonly data: BenchData;
  /** How often each figure is taken. */
  readonly runs: number;
  /** Shorter loads, for a first look. */
  readonly isQuick: boolean;
  readonly seed: number;
  /** Says what is going on, on standard error. */
  readonly say: (line: string) => void;
}

export type Bench = (context: BenchContext) => Promise<BenchReport>;

/** Runs `take` as often as asked and gathers each named value into a list. */
export async function repeat<K extends string>(
  runs: number,
  take: (run: number) => Promise<Record<K, number>>,
): Promise<Record<K, readonly number[]>> {
  const gathered: Partial<Record<K, number[]>> = {};
  for (let run = 0; run < runs; run++) {
    for (const [name, value] of Object.entries(await take(run)) as [K, number][]) (gathered[name] ??= []).push(value);
  }
  return gathered as Record<K, readonly number[]>;
}

export function figure(name: string, unit: string, runs: readonly number[], target?: Target): Figure {
  return { name, unit, runs, ...(target && { target }) };
}
