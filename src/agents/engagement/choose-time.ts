import { DateTime } from 'luxon';
import type { LeadFacts } from '../core/index.js';
import { CHANNEL, type OutreachChannel, type QuietHours, zoneOfRegion } from '../../vocabulary/index.js';
import { endOfQuietInAll, offsetAt as zoneOffset } from '../../zones/index.js';

export interface ContactTime {
  /** ISO instant, UTC. */
  readonly planned_for: string;
  readonly time_zone: string;
  /** The window as the lead's clock shows it. */
  readonly window: string;
}

const DEFAULT_WINDOW = '09:00-17:00';
/** A window that is nearly over is not worth a race with the queue. */
const MIN_REMAINING_MS = 5 * 60_000;
const MIN_WINDOW_MINUTES = 15;

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const DAY_MS = 86_400_000;

/**
 * A moment in the next contact window of the lead, now or later. Windows are wall-clock times of the lead's zone, so
 * they keep their hour when daylight saving changes; a window may pass midnight ("22:00-01:00"). Where the lead may
 * live in one of several zones, the first says the window, and the moment moves on until it is quiet in none.
 * @param after ISO instant; the answer is never before it
 * @param window "HH:mm-HH:mm"; anything else counts as 09:00-17:00
 * @param share where in what is left of the window, 0 to 1, so that leads with the same window do not all come at once
 */
export function nextContactTime(
  after: string,
  {
    zones,
    quiet,
    window,
    weekdaysOnly,
    share,
  }: {
    zones: readonly string[];
    quiet: QuietHours | null;
    window: string | null;
    weekdaysOnly: boolean;
    share: number;
  },
): ContactTime {
  const now = Date.parse(after);
  if (Number.isNaN(now)) throw new RangeError(`not an ISO instant: ${after}`);
  const zone = zones[0]!;
  const parsed = parseWindow(window) ?? parseWindow(DEFAULT_WINDOW)!;
  const today = localMidnight(now, zone);
  // yesterday's window may still be open past midnight; a week ahead always holds a weekday
  for (let day = -1; day <= 7; day++) {
    const date = today + day * DAY_MS;
    if (weekdaysOnly && isWeekend(date)) continue;
    const from = Math.max(now, instantOf(date, parsed.fromMinute, zone));
    const leftMs = instantOf(date, parsed.toMinute, zone) - from;
    if (leftMs < MIN_REMAINING_MS) continue;
    const moment = from + Math.floor((share * leftMs) / 1000) * 1000;
    const awake = quiet && endOfQuietInAll(new Date(moment), zones, quiet);
    return { planned_for: (awake ?? new Date(moment)).toISOString(), time_zone: zone, window: parsed.text };
  }
  throw new RangeError(`no contact window within a week after ${after}`);
}

/** The zones in which a lead may live; inputs of before they were told know the region only. */
export function zonesOfFacts({ zones, region }: Pick<LeadFacts, 'zones' | 'region'>): readonly string[] {
  return zones ?? [zoneOfRegion(region)];
}

/** When nobody is written to on a channel; inputs of before zones were told planned without it. */
export function quietOf(channel: OutreachChannel, { zones }: Pick<LeadFacts, 'zones'>): QuietHours | null {
  return zones ? CHANNEL[channel].quiet : null;
}

/**
 * Instants by zone and wall-clock time. Asking the zone database costs 50 µs, and a run asks for the same few windows
 * again and again.
 */
const instants = new Map<string, number>();
const MAX_REMEMBERED = 10_000;

/**
 * The instant at which clocks of a zone show a minute of a date; the first after it if daylight saving skips it.
 * @param date the date as UTC midnight
 * @param minute since midnight; 1440 and more are on the next date
 */
function instantOf(date: number, minute: number, zone: string): number {
  const wallClock = date + minute * MINUTE_MS;
  const steady = steadyOffset(wallClock - DAY_MS, wallClock + DAY_MS, zone);
  if (steady !== undefined) return wallClock - steady * MINUTE_MS;
  const key = `${zone}/${wallClock}`;
  let instant = instants.get(key);
  if (instant === undefined) {
    instant = DateTime.fromMillis(wallClock, { zone: 'UTC' }).setZone(zone, { keepLocalTime: true }).toMillis();
    if (instants.size >= MAX_REMEMBERED) instants.clear();
    instants.set(key, instant);
  }
  return instant;
}

/** The date that clocks of a zone show at an instant, as UTC midnight. */
function localMidnight(instant: number, zone: string): number {
  return Math.floor((instant + offsetAt(instant, zone) * MINUTE_MS) / DAY_MS) * DAY_MS;
}

/** The offset that holds from one instant to another, in minutes; undefined where it changes between them. */
function steadyOffset(from: number, to: number, zone: string): number | undefined {
  const offset = offsetOfDay(Math.floor(from / DAY_MS), zone);
  for (let day = Math.floor(from / DAY_MS) + 1; day <= Math.floor(to / DAY_MS); day++)
    if (offsetOfDay(day, zone) !== offset) return undefined;
  return offset;
}

/** A zone's offset through a UTC day; undefined on the few days on which it changes. */
function offsetOfDay(day: number, zone: string): number | undefined {
  const first = zoneOffset(day * DAY_MS, zone);
  return first === zoneOffset((day + 1) * DAY_MS - 1, zone) ? first : undefined;
}

function offsetAt(instant: number, zone: string): number {
  return offsetOfDay(Math.floor(instant / DAY_MS), zone) ?? zoneOffset(instant, zone);
}

function isWeekend(date: number): boolean {
  const weekday = new Date(date).getUTCDay();
  return weekday === 0 || weekday === 6;
}

interface ParsedWindow {
  /** Minutes since midnight; `toMinute` exceeds 1440 when the window passes midnight. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly text: string;
}

function parseWindow(text: string | null): ParsedWindow | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text?.trim() ?? '');
  if (!match) return undefined;
  const fromMinute = Number(match[1]) * 60 + Number(match[2]);
  const toMinute = Number(match[3]) * 60 + Number(match[4]);
  if (Math.abs(toMinute - fromMinute) < MIN_WINDOW_MINUTES) return undefined;
  return { fromMinute, toMinute: toMinute < fromMinute ? toMinute + DAY_MINUTES : toMinute, text: match[0] };
}
