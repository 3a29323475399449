import { percentile } from '../kit/figures.js';

const MS = 1_000;

export interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Runs something one after the other and times each, in milliseconds. The event loop gets its turn in between, as in
 * a server.
 */
export async function timeEach(count: number, run: (index: number) => Promise<unknown>): Promise<Latencies> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const started = performance.now();
    await run(index);
    times.push(performance.now() - started);
    if (index % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), max: times.reduce((a, b) => Math.max(a, b), 0) };
}

/** Runs something `count` times, so many at a time. @returns runs a second */
export async function rateOf(count: number, atOnce: number, run: (index: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) await run(next++);
    }),
  );
  return count / ((performance.now() - started) / MS);
}
