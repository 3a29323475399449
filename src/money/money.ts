/** Money is US dollars with six decimals. */
const MICROS = 1_000_000;

/** Dollars as a whole number of millionths. Exact for amounts under nine billion dollars. */
export function toMicros(usd: number): number {
  return Math.round(usd * MICROS);
}

export function fromMicros(micros: number): number {
  return micros / MICROS;
}

/** Adds dollar amounts in integer millionths, so that 0.1 + 0.2 is 0.3. */
export function sumUsd(amounts: Iterable<number>): number {
  let micros = 0;
  for (const amount of amounts) micros += toMicros(amount);
  return fromMicros(micros);
}

/** SQL for the exact sum of a money column, in millionths; the caller turns it back with `fromMicros`. */
export function sumMicrosSql(column: string): string {
  return `COALESCE(SUM(CAST(ROUND(${column} * ${MICROS}) AS BIGINT)), 0)`;
}
