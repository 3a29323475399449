import type { Column } from '../dataset-files.js';

const DAY_MS = 86_400_000;
const WEEK_DAYS = 7;

/** A column of a file whose values are moved. */
export interface TimeMove {
  readonly place: number;
  readonly move: (value: string | null) => string | null;
}

/** The columns of times and days, each with how a value of it is moved by so many days. */
export function timeMoves(columns: readonly Column[], days: number): TimeMove[] {
  return columns.flatMap(({ type }, place): TimeMove[] => {
    if (type !== 'time' && type !== 'day') return [];
    return [
      {
        place,
        move: (value) => {
          if (value === null) return null;
          const moved = new Date(Date.parse(value) + days * DAY_MS).toISOString();
          return type === 'day' ? moved.slice(0, 10) : moved;
        },
      },
    ];
  });
}

/**
 * By how many days a history is moved so that its end falls into the last week before now: whole weeks, so that a
 * Monday stays one. 0 where it ends there already; negative where it lies ahead.
 */
export function daysToShift(end: string, now: string): number {
  return WEEK_DAYS * Math.floor((Date.parse(now) - Date.parse(end)) / (WEEK_DAYS * DAY_MS));
}
