import { createRandom } from '../../../config/index.js';
import { type LeadSignals, type Observation, countSignal, hourIn, noSignals, rfmScore } from './lead-signals.js';
import { probabilityBest } from './probability-best.js';
import { stateSignals } from './signal-facts.js';

const NOW = '2026-03-01T12:00:00.000Z';
const HOUR_MS = 3_600_000;
const before = (hours: number): string => new Date(Date.parse(NOW) - hours * HOUR_MS).toISOString();
let ids = 0;
const seen = (kind: Observation['kind'], hoursAgo: number, more: Partial<Observation> = {}): Observation => ({
  lead_id: 'L1',
  source_id: `e${ids++}`,
  kind,
  at: before(hoursAgo),
  channel: 'Email',
  ...more,
});

function counted(events: readonly Observation[]): LeadSignals {
  const signals = noSignals();
  for (const event of events) countSignal(signals, event);
  return signals;
}

const stated = (signals: LeadSignals) =>
  Object.fromEntries(
    stateSignals(signals, 'L1', NOW).map(({ name, value, confidence }) => [name, { value, confidence }]),
  );

describe('the RFM score', () => {
  it.each<[string, Parameters<typeof rfmScore>[0], number]>([
    ['nothing known', { acts: 0, last_act_at: null, value_micros: 0 }, 0],
    ['half-way in each part', { acts: 5, last_act_at: before(30 * 24), value_micros: 1_000e6 }, 0.5],
    ['acted just now, and once', { acts: 1, last_act_at: NOW, value_micros: 0 }, (1 + 1 / 6) / 3],
    ['a clock that runs ahead counts as now', { acts: 0, last_act_at: before(-5), value_micros: 0 }, 1 / 3],
  ])('%s', (_, counts, expected) => expect(rfmScore(counts, NOW)).toBeCloseTo(expected, 12));

  it('is the same counted event by event as from scratch, in any order', () => {
    const random = createRandom('rfm');
    for (let round = 0; round < 200; round++) {
      const events = Array.from({ length: random.integer(40) }, () => {
        const kind = (['contact', 'activity', 'reply', 'conversion'] as const)[random.integer(4)]!;
        return seen(kind, random.integer(2_000), {
          outcome: random.next() < 0.1 ? 'unsubscribe' : 'none',
          value_usd: kind === 'conversion' ? random.integer(1e8) / 100 : undefined,
          human_probability: random.next(),
        });
      });
      const acts = events.filter(
        ({ kind, outcome, human_probability }) =>
          kind !== 'contact' && outcome !== 'unsubscribe' && human_probability! >= 0.5,
      );
      const fromScratch = {
        acts: acts.length,
        last_act_at: acts.reduce<string | null>((last, { at }) => (last === null || at > last ? at : last), null),
        value_micros: events.reduce((sum, { value_usd }) => sum + Math.round((value_usd ?? 0) * 1e6), 0),
      };
      expect(rfmScore(counted(events), NOW)).toBe(rfmScore(fromScratch, NOW));
      expect(rfmScore(counted([...events].reverse()), NOW)).toBe(rfmScore(fromScratch, NOW));
    }
  });
});

describe('probabilityBest', () => {
  it('shares alike among equals and adds up to 1', () => {
    const chances = probabilityBest([
      { alpha: 2, beta: 5 },
      { alpha: 2, beta: 5 },
      { alpha: 2, beta: 5 },
      { alpha: 2, beta: 5 },
    ]);
    for (const chance of chances) expect(chance).toBeCloseTo(0.25, 6);
  });

  // P(X > Y) for X ~ Beta(2,1), Y ~ Beta(1,1) is E[X] = 2/3; for X ~ Beta(3,1) against the flat one 3/4
  it.each([
    [2, 2 / 3],
    [3, 3 / 4],
    [9, 9 / 10],
  ])('agrees with the closed form for Beta(%d, 1) against a flat one', (alpha, expected) => {
    expect(
      probabilityBest([
        { alpha, beta: 1 },
        { alpha: 1, beta: 1 },
      ])[0],
    ).toBeCloseTo(expected, 3);
  });

  it('holds with much evidence, and refuses what is no belief', () => {
    const [good, bad] = probabilityBest([
      { alpha: 9_000, beta: 1_000 },
      { alpha: 1_000, beta: 9_000 },
    ]);
    expect(good).toBeGreaterThan(0.999);
    expect(bad).toBeLessThan(0.001);
    expect(() => probabilityBest([{ alpha: 0, beta: 1 }])).toThrow(RangeError);
  });
});

describe('what is learned of a lead', () => {
  it('is nothing before there is evidence, and surer with each bit of it', () => {
    expect(stated(noSignals())).toEqual({ rfm_score: { value: 0, confidence: 0.5 } });
    let least = 0;
    for (const rounds of [2, 4, 8, 16]) {
      const events = Array.from({ length: rounds }, (_, index) => [
        seen('contact', 500 - 20 * index),
        seen('reply', 499 - 20 * index, { outcome: 'positive', time_zone: 'UTC' }),
      ]).flat();
      const { preferred_channel } = stated(counted(events));
      expect(preferred_channel!.value).toBe('Email');
      expect(preferred_channel!.confidence).toBeGreaterThan(least);
      least = preferred_channel!.confidence;
    }
    expect(least).toBeGreaterThan(0.9);
  });

  it('prefers the channel that answers to the one that is written on most', () => {
    const emails = Array.from({ length: 12 }, (_, index) => seen('contact', 900 - index, { channel: 'Email' }));
    const texts = Array.from({ length: 4 }, (_, index) => [
      seen('contact', 300 - 10 * index, { channel: 'SMS' }),
      seen('reply', 299 - 10 * index, { channel: 'SMS', outcome: 'positive' }),
    ]).flat();
    const signals = counted([...emails, ...texts]);
    expect(signals.channels).toMatchObject({ Email: { asked: 12, answered: 0 }, SMS: { asked: 4, answered: 4 } });
    expect(stated(signals).preferred_channel).toMatchObject({ value: 'SMS' });
  });

  it('counts one answer to one message, however often it is opened, and none of a machine’s', () => {
    const opens = [seen('contact', 50), seen('activity', 49), seen('activity', 48, { human_probability: 0.02 })];
    expect(counted(opens).channels.Email).toMatchObject({ asked: 1.02, answered: 1.02, open_since: null });
    const scanned = counted([seen('contact', 50), seen('activity', 49.9, { human_probability: 0.02 })]);
    expect(scanned).toMatchObject({ acts: 0, channels: { Email: { asked: 1, answered: 0.02 } } });
  });

  it('does not take a refusal for liking', () => {
    const signals = counted([
      seen('contact', 9),
      seen('reply', 8, { outcome: 'negative', topics: ['Pricing'], time_zone: 'UTC' }),
    ]);
    expect(signals).toMatchObject({
      acts: 1,
      channels: { Email: { asked: 1, answered: 0 } },
      topics: { pricing: { liked: 0, disliked: 1 } },
    });
    expect(signals.hours.every((each) => each === 0)).toBe(true);
  });

  it('finds the hour on the lead’s clock, through daylight saving', () => {
    expect(hourIn('Europe/Berlin', '2026-03-28T08:30:00.000Z')).toBe(9);
    expect(hourIn('Europe/Berlin', '2026-03-30T08:30:00.000Z')).toBe(10);
    expect(hourIn('Asia/Kolkata', '2026-03-30T22:40:00.000Z')).toBe(4);
    expect(hourIn('Nowhere/Land', '2026-03-30T22:40:00.000Z')).toBe(22);
    const events = Array.from({ length: 10 }, (_, index) =>
      seen('activity', 24 * (index + 1) + (index % 2), { time_zone: 'Asia/Kolkata' }),
    );
    // noon and eleven UTC are 17:30 and 16:30 there; (10 + 4·2/24) / 14
    expect(stated(counted(events)).best_contact_hour).toEqual({ value: 16, confidence: (10 + 1 / 3) / 14 });
  });

  it('names topics that come up again, and drops them when they are refused as often', () => {
    const signals = counted([1, 2, 3].map((hours) => seen('activity', hours, { topics: [' Security '] })));
    // (3 + 1) / (3 + 4)
    expect(stated(signals).interest).toEqual({ value: 'security', confidence: 4 / 7 });
    for (const hours of [0.9, 0.8, 0.7])
      countSignal(signals, seen('reply', hours, { topics: ['security'], outcome: 'negative' }));
    expect(stateSignals(signals, 'L1', NOW)).toContainEqual(
      expect.objectContaining({ name: 'interest', value: 'security', confidence: 0 }),
    );
  });

  it('keeps the count of topics bounded', () => {
    const signals = counted(
      Array.from({ length: 500 }, (_, index) => seen('activity', 900 - index, { topics: [`topic ${index}`, 'roi'] })),
    );
    expect(Object.keys(signals.topics)).toHaveLength(40);
    expect(signals.topics.roi).toEqual({ liked: 500, disliked: 0 });
  });

  it('shrinks the time to reply towards five hours', () => {
    const replies = (count: number, after: number) =>
      counted(
        Array.from({ length: count }, (_, index) => [
          seen('contact', 400 - 10 * index),
          seen('reply', 400 - 10 * index - after),
        ]).flat(),
      );
    expect(stated(replies(1, 1)).reply_latency_hours).toEqual({ value: 3.3, confidence: 0.25 });
    expect(stated(replies(30, 1)).reply_latency_hours).toEqual({ value: 1.2, confidence: 30 / 33 });
  });

  it('states again only what has moved, and takes back the channel that is preferred no more', () => {
    const signals = counted([
      seen('contact', 90),
      seen('reply', 89, { outcome: 'positive' }),
      seen('contact', 80),
      seen('reply', 79, { outcome: 'positive' }),
    ]);
    expect(stated(signals).preferred_channel).toMatchObject({ value: 'Email' });
    expect(stateSignals(signals, 'L1', NOW)).toEqual([]);
    for (let index = 0; index < 8; index++) {
      countSignal(signals, seen('contact', 70 - 2 * index));
      countSignal(signals, seen('contact', 69.5 - 2 * index, { channel: 'Call' }));
      countSignal(signals, seen('reply', 69 - 2 * index, { channel: 'Call', outcome: 'positive' }));
    }
    const channels = stateSignals(signals, 'L1', NOW).filter(({ name }) => name === 'preferred_channel');
    expect(channels).toMatchObject([{ value: 'Email', confidence: 0 }, { value: 'Call' }]);
  });
});
