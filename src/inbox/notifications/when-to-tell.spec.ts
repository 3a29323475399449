import { type Pace, whenToTell } from './when-to-tell.js';

/** A Monday. */
const NOON = '2026-03-02T12:10:00.000Z';
const NIGHT = '2026-03-02T23:10:00.000Z';
const SATURDAY = '2026-03-07T12:10:00.000Z';
const rule = (changes: Partial<Pace> = {}): Pace => ({
  digest_minutes: 0,
  quiet_start: null,
  quiet_end: null,
  quiet_weekends: false,
  zone: 'Europe/Berlin',
  urgent_ignores_quiet: false,
  ...changes,
});
const nights = { quiet_start: '20:00', quiet_end: '08:00' };

describe('whenToTell', () => {
  it.each([
    ['at once', rule(), false, NOON, NOON],
    ['with the next digest', rule({ digest_minutes: 60 }), false, NOON, '2026-03-02T13:00:00.000Z'],
    [
      'a digest on the hour is the next one',
      rule({ digest_minutes: 60 }),
      false,
      '2026-03-02T13:00:00.000Z',
      '2026-03-02T14:00:00.000Z',
    ],
    ['what is hot waits for no digest', rule({ digest_minutes: 60 }), true, NOON, NOON],
    ['after the quiet hours of the zone', rule(nights), false, NIGHT, '2026-03-03T07:00:00.000Z'],
    ['hot things too', rule(nights), true, NIGHT, '2026-03-03T07:00:00.000Z'],
    ['unless the rule says otherwise', rule({ ...nights, urgent_ignores_quiet: true }), true, NIGHT, NIGHT],
    [
      'which lets others wait',
      rule({ ...nights, urgent_ignores_quiet: true }),
      false,
      NIGHT,
      '2026-03-03T07:00:00.000Z',
    ],
    [
      'a digest in the quiet hours comes after them',
      rule({ ...nights, digest_minutes: 60 }),
      false,
      '2026-03-02T18:30:00.000Z',
      '2026-03-03T07:00:00.000Z',
    ],
    ['after the weekend', rule({ quiet_weekends: true }), false, SATURDAY, '2026-03-08T23:00:00.000Z'],
  ])('%s', (_, pace, isHot, now, at) => {
    expect(whenToTell(pace, isHot, now)).toBe(at);
  });
});
