import type { Random } from '../../config/index.js';
import { weightedIndex } from './sampling.js';

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

/** Activity by hour of the day (UTC): office hours with a dip at noon and a small evening peak. */
const HOUR_WEIGHTS = [1, 1, 1, 1, 1, 2, 4, 8, 14, 18, 19, 16, 11, 14, 17, 16, 13, 9, 6, 6, 7, 5, 3, 2];

/**
 * The days that a data set covers: `start` is the first midnight, `end` the midnight after the last day (epoch
 * milliseconds).
 */
export interface Period {
  readonly start: number;
  readonly end: number;
  readonly days: number;
}

/** @param lastDay "YYYY-MM-DD" */
export function periodEnding(lastDay: string, days: number): Period {
  const end = Date.parse(`${lastDay}T00:00:00.000Z`) + DAY_MS;
  // Date.parse takes 31 February for 3 March
  if (Number.isNaN(end) || isoDay(end - DAY_MS) !== lastDay)
    throw new RangeError(`the last day must be a day, YYYY-MM-DD, got "${lastDay}"`);
  return { start: end - days * DAY_MS, end, days };
}

/** Whole seconds, since the files keep no fraction. */
export function isoTime(milliseconds: number): string {
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString();
}

export function isoDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

export function midnight(milliseconds: number): number {
  return Math.floor(milliseconds / DAY_MS) * DAY_MS;
}

/** A moment of the given day, by the daily rhythm. */
export function momentOfDay(random: Random, dayStart: number): number {
  return dayStart + weightedIndex(random, HOUR_WEIGHTS) * HOUR_MS + random.integer(3600) * 1000;
}

/**
 * The first moment at or after `earliest` at which an agent would reach out: a weekday, 08:00 to 18:00, near `hour`
 * if one is wanted.
 */
export function businessMoment(random: Random, earliest: number, hour?: number): number {
  let day = midnight(earliest);
  if (earliest - day > 17 * HOUR_MS) day += DAY_MS;
  for (let weekday = new Date(day).getUTCDay(); weekday === 0 || weekday === 6; weekday = new Date(day).getUTCDay())
    day += DAY_MS;
  const wanted = day + (hour ?? 8 + random.integer(10)) * HOUR_MS + random.integer(3600) * 1000;
  return wanted >= earliest ? wanted : earliest + random.integer(1800) * 1000;
}

/** The last day that is over in UTC, "YYYY-MM-DD": data that end there hold nothing from the future. */
export function lastFullDay(now: Date): string {
  return isoDay(midnight(now.getTime()) - DAY_MS);
}
