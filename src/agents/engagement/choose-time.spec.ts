import { nextContactTime } from './choose-time.js';

const at = (after: string, over: Partial<Parameters<typeof nextContactTime>[1]> = {}) =>
  nextContactTime(after, {
    zones: ['Europe/Berlin'],
    quiet: null,
    window: '09:00-11:00',
    weekdaysOnly: false,
    share: 0,
    ...over,
  }).planned_for;

it.each([
  ['today, before it opens', '2026-01-12T06:00:00.000Z', {}, '2026-01-12T08:00:00.000Z'],
  ['now, while it is open', '2026-01-12T08:30:00.000Z', {}, '2026-01-12T08:30:00.000Z'],
  ['tomorrow, when it is nearly over', '2026-01-12T09:57:00.000Z', {}, '2026-01-13T08:00:00.000Z'],
  ['tomorrow, when it is over', '2026-01-12T12:00:00.000Z', {}, '2026-01-13T08:00:00.000Z'],
  ['in the zone of the lead', '2026-01-12T00:00:00.000Z', { zones: ['Asia/Kolkata'] }, '2026-01-12T03:30:00.000Z'],
  ['half-way through', '2026-01-12T06:00:00.000Z', { share: 0.5 }, '2026-01-12T09:00:00.000Z'],
  [
    'on Monday for a call planned on Friday evening',
    '2026-01-16T20:00:00.000Z',
    { weekdaysOnly: true },
    '2026-01-19T08:00:00.000Z',
  ],
  [
    'at usual hours for a window that makes no sense',
    '2026-01-12T06:00:00.000Z',
    { window: '25:00-soon' },
    '2026-01-12T08:00:00.000Z',
  ],
  [
    'past midnight, in a window that began yesterday',
    '2026-01-12T23:30:00.000Z',
    { window: '22:00-01:30' },
    '2026-01-12T23:30:00.000Z',
  ],
  [
    'when it is day wherever the lead may live',
    '2026-01-12T06:00:00.000Z',
    { zones: ['America/New_York', 'America/Los_Angeles'], quiet: { start: '20:00', end: '08:00', weekends: false } },
    '2026-01-12T16:00:00.000Z',
  ],
] as const)('goes out %s', (_, after, over, expected) => {
  expect(at(after, over)).toBe(expected);
});

it('keeps the wall-clock hour when daylight saving begins and ends', () => {
  // Berlin: 29 March and 25 October 2026
  expect(at('2026-03-28T12:00:00.000Z')).toBe('2026-03-29T07:00:00.000Z');
  expect(at('2026-10-24T12:00:00.000Z')).toBe('2026-10-25T08:00:00.000Z');
});

it('finds a moment for a window inside the hour that daylight saving skips', () => {
  const moment = at('2026-03-29T00:30:00.000Z', { window: '02:00-02:45' });
  expect(moment >= '2026-03-29T00:30:00.000Z').toBe(true);
});

it('refuses a time that is none', () => {
  expect(() => at('soon')).toThrow(RangeError);
});
