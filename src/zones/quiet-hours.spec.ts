import { endOfQuiet, isQuiet } from './quiet-hours.js';
import type { QuietHours } from '../vocabulary/index.js';

const NIGHT: QuietHours = { start: '20:00', end: '08:00', weekends: false };
const NIGHT_AND_WEEKEND: QuietHours = { ...NIGHT, weekends: true };
const until = (from: string, zone: string, quiet: QuietHours) => endOfQuiet(new Date(from), zone, quiet).toISOString();

describe('endOfQuiet', () => {
  // daylight saving: Berlin 2026-03-29 01:00Z (02:00 to 03:00) and 2026-10-25 01:00Z (03:00 to 02:00);
  // New York 2026-03-08 07:00Z and 2026-11-01 06:00Z; Cairo 2026-04-23 22:00Z (midnight to 01:00)
  it.each<[string, string, string, QuietHours, string]>([
    ['lets noon through', '2026-01-14T11:00:00.000Z', 'Europe/Berlin', NIGHT, '2026-01-14T11:00:00.000Z'],
    ['opens at eight sharp', '2026-01-14T07:00:00.000Z', 'Europe/Berlin', NIGHT, '2026-01-14T07:00:00.000Z'],
    [
      'is shut a millisecond before eight',
      '2026-01-14T06:59:59.999Z',
      'Europe/Berlin',
      NIGHT,
      '2026-01-14T07:00:00.000Z',
    ],
    ['shuts at twenty sharp', '2026-01-14T19:00:00.000Z', 'Europe/Berlin', NIGHT, '2026-01-15T07:00:00.000Z'],
    [
      'waits for the morning of a half-hour zone',
      '2026-01-14T16:00:00.000Z',
      'Asia/Kolkata',
      NIGHT,
      '2026-01-15T02:30:00.000Z',
    ],
    ['skips the weekend', '2026-01-16T20:00:00.000Z', 'Europe/Berlin', NIGHT_AND_WEEKEND, '2026-01-19T07:00:00.000Z'],
    [
      'skips the weekend from within',
      '2026-01-17T12:00:00.000Z',
      'Europe/Berlin',
      NIGHT_AND_WEEKEND,
      '2026-01-19T07:00:00.000Z',
    ],
    [
      'goes by the weekday there, not in UTC',
      '2026-01-18T23:30:00.000Z',
      'Asia/Singapore',
      NIGHT_AND_WEEKEND,
      '2026-01-19T00:00:00.000Z',
    ],
    [
      'ends an hour earlier after the clocks went forward',
      '2026-03-28T20:00:00.000Z',
      'Europe/Berlin',
      NIGHT,
      '2026-03-29T06:00:00.000Z',
    ],
    [
      'ends an hour later after the clocks went back',
      '2026-10-24T20:00:00.000Z',
      'Europe/Berlin',
      NIGHT,
      '2026-10-25T07:00:00.000Z',
    ],
    ['follows New York into summer', '2026-03-08T03:00:00.000Z', 'America/New_York', NIGHT, '2026-03-08T12:00:00.000Z'],
    ['follows New York into winter', '2026-11-01T03:00:00.000Z', 'America/New_York', NIGHT, '2026-11-01T13:00:00.000Z'],
    [
      'ends where the clock jumps over its end',
      '2026-03-28T22:00:00.000Z',
      'Europe/Berlin',
      { start: '20:00', end: '02:30', weekends: false },
      '2026-03-29T01:00:00.000Z',
    ],
    [
      'ends at the first 02:30 of a night with two',
      '2026-10-24T22:00:00.000Z',
      'Europe/Berlin',
      { start: '20:00', end: '02:30', weekends: false },
      '2026-10-25T00:30:00.000Z',
    ],
    [
      'is quiet again when the clock goes back, until the second 02:30',
      '2026-10-25T01:10:00.000Z',
      'Europe/Berlin',
      { start: '20:00', end: '02:30', weekends: false },
      '2026-10-25T01:30:00.000Z',
    ],
    [
      'is over between the first 02:30 and the change',
      '2026-10-25T00:45:00.000Z',
      'Europe/Berlin',
      { start: '20:00', end: '02:30', weekends: false },
      '2026-10-25T00:45:00.000Z',
    ],
    [
      'ends when the clock leaves the window backwards',
      '2026-10-25T00:45:00.000Z',
      'Europe/Berlin',
      { start: '02:40', end: '06:00', weekends: false },
      '2026-10-25T01:00:00.000Z',
    ],
    [
      'copes with a day that has no midnight',
      '2026-04-23T21:30:00.000Z',
      'Africa/Cairo',
      { start: '20:00', end: '00:30', weekends: false },
      '2026-04-23T22:00:00.000Z',
    ],
    [
      'ends a weekend at midnight where nights are free',
      '2026-01-17T12:00:00.000Z',
      'UTC',
      { start: '00:00', end: '00:00', weekends: true },
      '2026-01-19T00:00:00.000Z',
    ],
  ])('%s', (_, from, zone, quiet, expected) => {
    expect(until(from, zone, quiet)).toBe(expected);
  });

  it.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'Asia/Kolkata'])(
    'finds the first allowed minute in %s on every half hour of the changing weeks',
    (zone) => {
      for (const start of ['2026-03-06', '2026-03-28', '2026-04-04', '2026-10-03', '2026-10-24', '2026-10-31']) {
        for (let slot = 0; slot < 96; slot++) {
          const from = Date.parse(start) + slot * 1_800_000;
          let expected = from;
          while (isQuiet(new Date(expected), zone, NIGHT)) expected += 900_000;
          expect(endOfQuiet(new Date(from), zone, NIGHT).getTime()).toBe(expected);
        }
      }
    },
  );

  it('refuses unknown zones, impossible times and windows without an end', () => {
    expect(() => until('2026-01-14T11:00:00.000Z', 'Mars/Olympus', NIGHT)).toThrow(RangeError);
    expect(() => until('2026-01-14T11:00:00.000Z', 'UTC', { ...NIGHT, end: '25:00' })).toThrow(RangeError);
    expect(() => until('2026-01-14T11:00:00.000Z', 'UTC', { start: '00:00', end: '24:00', weekends: false })).toThrow(
      RangeError,
    );
  });
});
