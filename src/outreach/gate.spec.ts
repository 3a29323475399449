import { type ChannelRecord } from './channel-health.js';
import { judgeSend, type SendFacts, type SendWish } from './gate.js';
import { zonesOfLead } from '../zones/index.js';
import { DEFAULT_SEND_POLICY } from './send-policy.js';

const NOON = '2026-01-14T11:00:00.000Z'; // a Wednesday, 12:00 in Berlin
const HEALTHY: ChannelRecord = {
  settled: 0,
  errors: 0,
  bounces: 0,
  complaints: 0,
  lastFailureAt: null,
  inFlight: 0,
  rest: null,
};
const BROKEN: ChannelRecord = { ...HEALTHY, settled: 40, errors: 30, lastFailureAt: '2026-01-14T10:50:00.000Z' };

const BERLIN = { zones: ['Europe/Berlin'], home: 'Europe/Berlin', knownBy: 'time_zone' } as const;

const aWish = (changes: Partial<SendWish> = {}): SendWish => ({
  channel: 'Email',
  planned_for: '2026-01-14T10:00:00.000Z',
  expires_at: '2026-12-31T00:00:00.000Z',
  ...changes,
});
const someFacts = (changes: Partial<SendFacts> = {}): SendFacts => ({
  permission: { allowed: true },
  pausedUntil: null,
  zones: BERLIN,
  claims: [],
  betterDue: 0,
  channelRecord: HEALTHY,
  ...changes,
});
const judge = (wish: SendWish, facts: SendFacts, now = NOON) =>
  judgeSend(wish, facts, DEFAULT_SEND_POLICY, new Date(now));
const heldBy = (rule: string, earliest: string | null) => expect.objectContaining({ held: true, rule, earliest });

describe('judgeSend', () => {
  it('lets a message through that no rule holds', () => {
    expect(judge(aWish(), someFacts())).toEqual({ allowed: true });
  });

  it('holds a message for good to whom it may not be sent at all', () => {
    const permission = { allowed: false, rule: 'consent', reason: 'no', heals: 'event' } as const;
    expect(judge(aWish(), someFacts({ permission }))).toEqual(heldBy('consent', null));
  });

  it('waits for the end of the pause that the lead asked for', () => {
    const pausedUntil = '2026-02-13T11:00:00.000Z';
    expect(judge(aWish(), someFacts({ pausedUntil }))).toEqual(heldBy('paused', pausedUntil));
  });

  it.each<[string, string[], string | null]>([
    ['nothing sent yet', [], null],
    ['one yesterday at this very second', ['2026-01-13T11:00:00.000Z'], null],
    ['one a second less than a day ago', ['2026-01-13T11:00:01.000Z'], '2026-01-14T11:00:01.000Z'],
    ['two this week', ['2026-01-09T11:00:00.000Z', '2026-01-12T11:00:00.000Z'], null],
    [
      'three this week, in no order',
      ['2026-01-12T11:00:00.000Z', '2026-01-09T12:00:00.000Z', '2026-01-11T11:00:00.000Z'],
      '2026-01-16T12:00:00.000Z',
    ],
    [
      'both caps: the later end counts',
      ['2026-01-14T10:30:00.000Z', '2026-01-12T11:00:00.000Z', '2026-01-08T09:00:00.000Z'],
      '2026-01-15T10:30:00.000Z',
    ],
    [
      'an old one beyond the window',
      ['2025-12-01T11:00:00.000Z', '2026-01-09T11:00:00.000Z', '2026-01-11T11:00:00.000Z'],
      null,
    ],
  ])('caps the frequency over all campaigns: %s', (_, claims, earliest) => {
    expect(judge(aWish(), someFacts({ claims }))).toEqual(
      earliest === null ? { allowed: true } : heldBy('frequency_cap', earliest),
    );
  });

  it('moves on to the morning when the cap ends in the night', () => {
    const claims = ['2026-01-13T21:00:00.000Z'];
    expect(judge(aWish(), someFacts({ claims }))).toEqual(heldBy('frequency_cap', '2026-01-15T07:00:00.000Z'));
  });

  it.each([
    ['EU', '2026-01-14T22:00:00.000Z', '2026-01-15T09:00:00.000Z'],
    ['US', '2026-01-15T03:00:00.000Z', '2026-01-15T18:00:00.000Z'],
    ['US', '2026-03-08T03:00:00.000Z', '2026-03-08T18:00:00.000Z'],
    ['India', '2026-01-14T16:00:00.000Z', '2026-01-15T02:30:00.000Z'],
    ['LATAM', '2026-01-14T23:30:00.000Z', '2026-01-15T16:00:00.000Z'],
    ['MEA', '2026-01-14T17:00:00.000Z', '2026-01-15T09:00:00.000Z'],
    ['APAC', '2026-01-14T13:00:00.000Z', '2026-01-15T03:00:00.000Z'],
    ['Atlantis', '2026-01-14T22:00:00.000Z', '2026-01-15T08:00:00.000Z'],
  ])('keeps the quiet hours of %s at %s, wherever there the lead may live', (region, now, earliest) => {
    const zones = zonesOfLead({ time_zone: null, country: null, region, phoneCountry: null });
    expect(judge(aWish(), someFacts({ zones }), now)).toEqual(heldBy('quiet_hours', earliest));
  });

  it('says by which zone it is quiet', () => {
    const zones = zonesOfLead({ time_zone: null, country: null, region: 'US', phoneCountry: null });
    expect(judge(aWish(), someFacts({ zones }), '2026-01-14T13:30:00.000Z')).toMatchObject({
      reason: "quiet hours 20:00-08:00 in America/Adak, one of the zones of the lead's region",
    });
  });

  it('calls nobody at the weekend, and sends an email then', () => {
    const saturday = '2026-01-17T11:00:00.000Z';
    expect(judge(aWish({ channel: 'Call' }), someFacts(), saturday)).toEqual(
      heldBy('quiet_hours', '2026-01-19T07:00:00.000Z'),
    );
    expect(judge(aWish(), someFacts(), saturday)).toEqual({ allowed: true });
  });

  it('shows advertisements at night', () => {
    expect(judge(aWish({ channel: 'Ads' }), someFacts(), '2026-01-14T23:00:00.000Z')).toEqual({ allowed: true });
  });

  it('waits until the message is due', () => {
    expect(judge(aWish({ planned_for: '2026-01-14T15:00:00.000Z' }), someFacts())).toEqual(
      heldBy('not_due', '2026-01-14T15:00:00.000Z'),
    );
  });

  it('rests a broken channel and then lets one probe through at a time', () => {
    expect(judge(aWish(), someFacts({ channelRecord: BROKEN }))).toEqual(
      heldBy('channel_health', '2026-01-14T11:05:00.000Z'),
    );
    const later = '2026-01-14T11:05:00.000Z';
    expect(judge(aWish(), someFacts({ channelRecord: BROKEN }), later)).toEqual({ allowed: true });
    expect(judge(aWish(), someFacts({ channelRecord: { ...BROKEN, inFlight: 1 } }), later)).toEqual(
      heldBy('channel_health', '2026-01-14T11:06:00.000Z'),
    );
  });

  it.each<[string, Partial<ChannelRecord>, boolean]>([
    ['too few messages say nothing', { settled: 19, errors: 19 }, true],
    ['half of them failed', { settled: 20, errors: 10 }, false],
    ['one in ten bounced', { settled: 200, bounces: 20 }, false],
    ['fewer bounced', { settled: 200, bounces: 19 }, true],
    ['one in fifty complained', { settled: 200, complaints: 4 }, false],
  ])('judges a channel by its shares: %s', (_, record, isAllowed) => {
    const channelRecord = { ...HEALTHY, lastFailureAt: '2026-01-14T10:59:00.000Z', ...record };
    expect('allowed' in judge(aWish(), someFacts({ channelRecord }))).toBe(isAllowed);
  });

  it('lets the message of higher value go first when there is one slot', () => {
    expect(judge(aWish(), someFacts({ betterDue: 1 }))).toEqual(heldBy('better_message', '2026-01-14T11:01:00.000Z'));
  });

  it('never sends what has expired, or would only be free after that', () => {
    expect(judge(aWish({ expires_at: NOON }), someFacts())).toEqual(heldBy('expired', null));
    const tonight = '2026-01-14T20:00:00.000Z';
    expect(judge(aWish({ expires_at: '2026-01-15T06:00:00.000Z' }), someFacts(), tonight)).toEqual(
      heldBy('expired', null),
    );
  });

  it('names the lasting reason when several rules hold', () => {
    const permission = { allowed: false, rule: 'consent', reason: 'no', heals: 'event' } as const;
    const everything = someFacts({ permission, claims: [NOON], channelRecord: BROKEN });
    expect(judge(aWish(), everything, '2026-01-14T22:00:00.000Z')).toEqual(heldBy('consent', null));
  });

  it('allows at the earliest instant that it names, if nothing else happens until then', () => {
    for (let hour = 0; hour < 24 * 10; hour += 5) {
      const now = new Date(Date.parse('2026-03-25T00:00:00.000Z') + hour * 3_600_000).toISOString();
      const facts = someFacts({
        claims: ['2026-03-24T19:00:00.000Z', '2026-03-27T12:30:00.000Z', '2026-03-28T20:00:00.000Z'].filter(
          (at) => at <= now,
        ),
      });
      const wish = aWish({ channel: 'Call', expires_at: '2026-06-01T00:00:00.000Z' });
      const verdict = judge(wish, facts, now);
      if ('allowed' in verdict) continue;
      expect(judge(wish, facts, verdict.earliest!)).toEqual({ allowed: true });
      const justBefore = new Date(Date.parse(verdict.earliest!) - 1).toISOString();
      expect(judge(wish, facts, justBefore)).toHaveProperty('held', true);
    }
  });
});
