import type { LeadSignals } from './lead-signals.js';

const DAY_MS = 86_400_000;
const HALVED_AFTER_DAYS = 30;
const HALF_OF_ACTS = 5;
const HALF_OF_USD = 1_000;

/**
 * Recency, frequency and monetary value (Hughes 1994, Strategic Database Marketing) as one score from 0 to 1, their
 * plain mean. Hughes ranks customers against each other in fifths; here each part has a fixed half-way point instead,
 * so that one event moves one lead's score and nobody else's:
 * - recency 2^(−days since the last act / 30), 0 without an act
 * - frequency n / (n + 5) for n acts of the lead itself
 * - monetary v / (v + 1000) for conversions worth v US dollars
 */
export function rfmScore(
  { acts, last_act_at, value_micros }: Pick<LeadSignals, 'acts' | 'last_act_at' | 'value_micros'>,
  now: string,
): number {
  const days = last_act_at === null ? Infinity : Math.max(0, Date.parse(now) - Date.parse(last_act_at)) / DAY_MS;
  const usd = Math.max(0, value_micros) / 1e6;
  return (2 ** (-days / HALVED_AFTER_DAYS) + acts / (acts + HALF_OF_ACTS) + usd / (usd + HALF_OF_USD)) / 3;
}
