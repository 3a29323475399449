import { DateTime } from 'luxon';
import type { QuietHours } from '../vocabulary/index.js';
import { offsetAt } from './zone-offset.js';

const SEARCH_DAYS = 10;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MINUTES_A_DAY = 1440;

/**
 * Whether an instant is quiet: its wall-clock time in the zone lies in [start, end), or its weekday is a quiet one.
 * The clock on the wall decides, so an hour that a daylight-saving change repeats is judged by what the clock shows
 * each time.
 */
export function isQuiet(instant: Date, zone: string, { start, end, weekends }: QuietHours): boolean {
  const local = instant.getTime() + offsetAt(instant.getTime(), zone) * MINUTE_MS;
  if (weekends && isWeekend(local)) return true;
  const minute = Math.floor(local / MINUTE_MS) % MINUTES_A_DAY;
  const from = minuteOfDay(start);
  const to = minuteOfDay(end);
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/**
 * The first instant at or after `from` that is not quiet. Quiet ends when the wall clock reaches `end`, at midnight
 * after a weekend, or where the clock jumps (over `end` in spring; into or out of the window in autumn).
 * Those are the only candidates, so they are tried in order.
 * @throws RangeError on an unknown zone, or when nothing in the next ten days is allowed
 */
export function endOfQuiet(from: Date, zone: string, quiet: QuietHours): Date {
  if (Number.isNaN(offsetAt(from.getTime(), zone))) throw new RangeError(`unknown time zone "${zone}"`);
  if (!isQuiet(from, zone, quiet)) return from;
  const today = DateTime.fromJSDate(from, { zone }).startOf('day');
  const isOver = (at: number): boolean => at >= from.getTime() && !isQuiet(new Date(at), zone, quiet);
  for (let day = 0; day < SEARCH_DAYS; day++) {
    const first = boundaries(today.plus({ days: day }), quiet.end).find(isOver);
    if (first !== undefined) return new Date(first);
  }
  throw new RangeError(`quiet hours ${quiet.start}-${quiet.end} never end`);
}

/**
 * The same where it is not known in which of several zones the person is: the first instant that is quiet in none.
 * @returns null when there is none within ten days: somebody is always asleep
 */
export function endOfQuietInAll(from: Date, zones: readonly string[], quiet: QuietHours): Date | null {
  const last = from.getTime() + SEARCH_DAYS * DAY_MS;
  for (let at = from; at.getTime() <= last;) {
    const ends = zones.map((zone) => endOfQuiet(at, zone, quiet).getTime());
    const latest = Math.max(...ends);
    if (latest === at.getTime()) return at;
    at = new Date(latest);
  }
  return null;
}

/** Every instant of the day at which quiet can end, in milliseconds, in order. */
function boundaries(midnight: DateTime, end: string): number[] {
  const minute = minuteOfDay(end);
  const wallClockEnd = midnight.set({ hour: Math.floor(minute / 60), minute: minute % 60 });
  // once, or twice where the clock goes back over it
  const ends = wallClockEnd.getPossibleOffsets().map((possible) => possible.toMillis());
  const change = offsetChange(midnight, midnight.plus({ days: 1 }));
  return [midnight.toMillis(), ...ends, ...(change === null ? [] : [change])].sort((a, b) => a - b);
}

/** The instant between two midnights at which the zone's offset changes, to the second; null if it does not. */
function offsetChange(dayStart: DateTime, dayEnd: DateTime): number | null {
  if (dayStart.offset === dayEnd.offset) return null;
  const zone = dayStart.zone;
  let before = Math.floor(dayStart.toMillis() / 1000);
  let after = Math.floor(dayEnd.toMillis() / 1000);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (zone.offset(middle * 1000) === dayStart.offset) before = middle;
    else after = middle;
  }
  return after * 1000;
}

/** @param local an instant moved by the zone's offset, so that its UTC date is the one on the wall */
function isWeekend(local: number): boolean {
  const weekday = new Date(local).getUTCDay();
  return weekday === 0 || weekday === 6;
}

function minuteOfDay(time: string): number {
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(time);
  const minute = match ? Number(match[1]) * 60 + Number(match[2]) : NaN;
  if (!(minute <= 1440)) throw new RangeError(`a time of day is "HH:MM", got "${time}"`);
  return minute;
}
