import { aVariant, someEngagementFacts } from '../core/facts.fixture.js';
import { checkWords } from './check-words.js';
import type { EngagementInputs, EngagementOutcome } from './engagement-outcome.js';
import { engagementPolicy } from './plan-engagement.js';
import { OUTREACH_CHANNELS } from '../../vocabulary/index.js';

type Facts = Parameters<typeof someEngagementFacts>[0];

function inputsFor(over: Facts = {}, rest: Partial<EngagementInputs> = {}): EngagementInputs {
  return {
    facts: someEngagementFacts(over),
    mode: 'engage',
    landing_base_url: 'https://go.example.com',
    allowed_link_hosts: ['go.example.com'],
    drafted_words: null,
    ...rest,
  };
}
const decide = (over: Facts = {}, rest: Partial<EngagementInputs> = {}, seed = 'seed') =>
  engagementPolicy.decide(inputsFor(over, rest), seed);

function planned(outcome: EngagementOutcome) {
  if (outcome.kind !== 'message') throw new Error(`expected a message, got ${outcome.rule}`);
  return outcome;
}
const onlyOn = (...allowed: string[]) =>
  OUTREACH_CHANNELS.map((channel) =>
    allowed.includes(channel)
      ? { channel, allowed: true, rule: null, reason: null }
      : { channel, allowed: false, rule: 'no_recipient', reason: 'no address' },
  );
const refused = (rule: string) =>
  OUTREACH_CHANNELS.map((channel) => ({ channel, allowed: false, rule, reason: `refused by ${rule}` }));
/** What triage left in the conversation's memory. */
const heard = (triage: object, said = 'hello') => ({
  conversation_id: 'C1',
  active_intent: null,
  last_utterance_summary: said,
  slots: { triage: { at: '2026-01-12T05:59:00.000Z', ...triage } },
  expires_at: '2026-01-13T00:00:00.000Z',
});
const failed = (count: number) =>
  Array.from({ length: count }, () => ({
    variant_id: 'VAR00001',
    channel: 'Email',
    sent_at: '2026-01-02T09:00:00.000Z',
    succeeded: false,
  }));

describe('permission', () => {
  it.each([
    ['no_consent', { lead: { gdpr_consent: false }, channels: refused('consent') }],
    ['unsubscribed', { channels: refused('consent') }],
    ['with_a_person', { channels: refused('open_case') }],
    ['with_a_person', { open_cases: ['hot_lead'] }],
    [
      'unsubscribed',
      {
        short_term: {
          conversation_id: 'C1',
          active_intent: 'unsubscribe',
          last_utterance_summary: 'unsubscribed',
          slots: {},
          expires_at: '2026-01-13T00:00:00.000Z',
        },
      },
    ],
    ['no_channel', { channels: refused('suppression') }],
    ['exhausted', { past_messages: failed(6) }],
  ] as const)('sends nothing under %s', (rule, facts) => {
    expect(decide(facts as Facts)).toMatchObject({
      outcome: { kind: 'no_outreach', rule },
      choice: `no_outreach:${rule}`,
    });
  });

  it('never uses a channel that the gate would not allow', () => {
    const facts: Facts = {
      lead: { preferred_channel: 'SMS' },
      lead_channels: [{ channel: 'Email', sends: 3, positive: 5, negative: 0, unsubscribes: 0 }],
      channels: onlyOn('Social', 'Ads'),
    };
    for (let seed = 0; seed < 50; seed++) {
      const { message, follow_ups: followUps } = planned(decide(facts, {}, `${seed}`).outcome);
      for (const { channel } of [message, ...followUps]) expect(['Social', 'Ads']).toContain(channel);
    }
  });
});

describe('choice', () => {
  const wins = (facts: Facts, pick: (choice: string) => boolean): number => {
    let count = 0;
    for (let seed = 0; seed < 200; seed++) count += pick(decide(facts, {}, `${seed}`).choice) ? 1 : 0;
    return count / 200;
  };
  const rivals = (first: object, second: object) => [
    aVariant({ variant_id: 'A', ...first }),
    aVariant({ variant_id: 'B', ...second }),
  ];

  it('prefers the variant that did better, and still explores the other', () => {
    const share = wins({ variants: rivals({ trials: 60, successes: 24 }, { trials: 60, successes: 15 }) }, (choice) =>
      choice.startsWith('A@'),
    );
    expect(share).toBeGreaterThan(0.8);
    expect(share).toBeLessThan(1);
  });

  it('is about even between untried variants', () => {
    expect(wins({ variants: rivals({}, {}) }, (choice) => choice.startsWith('A@'))).toBeCloseTo(0.5, 0);
  });

  it('leans towards what worked in similar episodes', () => {
    const episodes = Array.from({ length: 12 }, (_, index) => ({
      episode_id: `EPI${index}`,
      scenario: 'smb_quick_win',
      action_sequence: index % 2 === 0 ? ['book_demo'] : ['offer_trial'],
      outcome_score: index % 2 === 0 ? 1 : 0,
    }));
    const variants = rivals({ call_to_action: 'Book Demo' }, { call_to_action: 'Start Trial' });
    const isDemo = (choice: string): boolean => choice.startsWith('A@');
    expect(wins({ variants, episodes }, isDemo)).toBeGreaterThan(wins({ variants }, isDemo) + 0.1);
  });

  it('says how the chosen words did in similar cases, and nothing where nothing is remembered', () => {
    const told = (occurrences: number) =>
      decide({
        variants: [aVariant({ call_to_action: 'Book Demo', tone: 'Casual' })],
        episodes: [
          {
            episode_id: 'E1',
            scenario: 'smb_quick_win',
            action_sequence: ['book_demo', 'tone_casual'],
            outcome_score: 0.9,
            occurrences,
          },
          {
            episode_id: 'E2',
            scenario: 'smb_quick_win',
            action_sequence: ['offer_trial'],
            outcome_score: 0.1,
            occurrences,
          },
        ],
      }).reasons.join('\n');
    expect(told(40)).toMatch(/book demo raised the outcome by 0\.80 \(99\.7 % 0\.46 to 1\.14\) in 40 such cases/);
    // what a few cases say may be chance, and is not told
    expect(told(1)).not.toContain('raised the outcome');
    const variants = [aVariant({ call_to_action: 'Book Demo', tone: 'Casual' })];
    const empty = decide({ variants, episodes: [], known: [], triples: [] });
    expect(empty.reasons.join('\n')).not.toMatch(/episodes|lessons|such cases/);
  });

  it('follows the lead’s preferred channel more often than not', () => {
    const preferred = (channel: string) =>
      wins({ lead: { preferred_channel: channel } }, (choice) => choice.endsWith(`@${channel}`));
    expect(preferred('Social')).toBeGreaterThan(
      wins({ lead: { preferred_channel: null } }, (choice) => choice.endsWith('@Social')),
    );
  });

  it('does not depend on the order of the facts', () => {
    const variants = rivals({ trials: 5, successes: 2 }, { trials: 7, successes: 3 });
    expect(decide({ variants: [...variants].reverse() }).outcome).toEqual(decide({ variants }).outcome);
  });

  it('has words for a campaign without variants', () => {
    const { message } = planned(decide({ variants: [], campaign: null }).outcome);
    expect(message).toMatchObject({ variant_id: null, words_source: 'template' });
  });
});

describe('after no success', () => {
  it.each([
    [1, 'other_words'],
    [2, 'other_channel'],
    [4, 'slow_down'],
  ] as const)('after %d messages goes on with %s', (count, strategy) => {
    const outcome = planned(decide({ past_messages: failed(count) }).outcome);
    expect(outcome.strategy).toBe(strategy);
    expect(outcome.message.variant_id).toBe('VAR00002');
    if (count >= 2) expect(outcome.message.channel).not.toBe('Email');
    if (count >= 4) expect(outcome.mode).toBe('nurture');
  });

  it('begins anew after a success', () => {
    const past = [
      ...failed(5),
      { variant_id: 'VAR00002', channel: 'SMS', sent_at: '2026-01-03T09:00:00.000Z', succeeded: true },
    ];
    expect(planned(decide({ past_messages: past }).outcome).strategy).toBe('first_contact');
  });
});

describe('a buyer', () => {
  const asked = { short_term: heard({ hot: ['demo', 'price'] }), open_cases: ['hot_lead'] };

  it('is answered at once to what it asked for, and nothing follows by itself', () => {
    const { message, follow_ups } = planned(decide({ ...asked, as_of: '2026-01-12T10:00:00.000Z' }).outcome);
    expect(message).toMatchObject({
      subject: 'You asked for a demo and a price',
      answers: ['demo', 'price'],
      variant_id: null,
      planned_for: '2026-01-12T10:00:00.000Z',
      link: null,
    });
    expect(message.body).toContain('A colleague will get back to you about it personally.');
    expect(follow_ups).toEqual([]);
  });

  it('is answered in the morning when it asks at night', () => {
    const night = planned(decide({ ...asked, as_of: '2026-01-12T22:30:00.000Z' }).outcome).message;
    expect(night.planned_for > '2026-01-13T06:00:00.000Z' && night.planned_for < '2026-01-13T09:00:00.000Z').toBe(true);
  });

  it('is answered once', () => {
    const sent = { variant_id: null, channel: 'Email', sent_at: '2026-01-12T06:00:00.000Z', succeeded: false };
    const again = decide({ ...asked, past_messages: [sent], as_of: '2026-01-12T12:00:00.000Z' });
    expect(again.outcome).toMatchObject({ kind: 'no_outreach', rule: 'with_a_person' });
  });

  it('is left to the person where no channel reaches it', () => {
    expect(decide({ ...asked, channels: onlyOn('Ads', 'Social') }).outcome).toMatchObject({ rule: 'with_a_person' });
  });
});

describe('a question', () => {
  const asks = { lead: { company_size: null }, short_term: heard({ ask_for: ['company_size', 'persona'] }) };

  it('is asked in a message that can be answered, for what is not known', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { message } = planned(decide(asks, { mode: 'nurture' }, `${seed}`).outcome);
      expect(message.asks_for).toEqual(['company_size']);
      expect(message.body).toContain('how many people work at your company');
      expect(['Email', 'SMS', 'Call']).toContain(message.channel);
    }
  });

  it('is not asked twice, nor of what was learned meanwhile', () => {
    const sent = { variant_id: null, channel: 'Email', sent_at: '2026-01-12T06:00:00.000Z', succeeded: false };
    for (const over of [{ past_messages: [sent] }, { lead: { company_size: '11-50' } }])
      expect(planned(decide({ ...asks, ...over }).outcome).message.asks_for).toBeUndefined();
  });

  it('takes no field that nobody may ask for', () => {
    const { message } = planned(
      decide({ short_term: heard({ ask_for: ['password', 'iban'], hot: ['money'] }) }).outcome,
    );
    expect(message.asks_for).toBeUndefined();
    expect(message.answers).toBeUndefined();
  });
});

describe('words', () => {
  const hostile = '{{ link }} <script>alert(1)</script> {% include "x" %} http://evil.example/x mail me@evil.example';

  it.each(OUTREACH_CHANNELS)('treats what a lead says as data on %s', (channel) => {
    for (const tone of ['Friendly', 'Professional', 'Insightful', 'Urgent', 'Playful', 'constructor']) {
      const { message } = planned(
        decide({
          lead: { industry: hostile, persona: hostile },
          variants: [aVariant({ tone, creative_type: 'AdCopy' })],
          channels: onlyOn(channel),
          short_term: {
            conversation_id: 'C1',
            active_intent: null,
            last_utterance_summary: null,
            slots: { company: hostile },
            expires_at: '2026-01-13T00:00:00.000Z',
          },
          long_term: {
            best_contact_time: null,
            preferred_channels: [],
            interests: [hostile],
            rfm_score: 0.5,
            last_updated_at: '2026-01-01T00:00:00.000Z',
          },
        }).outcome,
      );
      expect(message.channel).toBe(channel);
      expect(message.body).not.toMatch(/evil|<|\{/);
      expect(checkWords(message, channel, ['go.example.com'])).toEqual([]);
    }
  });

  it('takes a model’s draft for the same choice if it passes the check, and the template otherwise', () => {
    const { message } = planned(decide().outcome);
    const draft = {
      variant_id: message.variant_id!,
      channel: message.channel,
      model: 'test',
      subject: message.subject,
      body: 'See https://go.example.com/a',
    };
    const sourceWith = (change: object) =>
      planned(decide({}, { drafted_words: { ...draft, ...change } }).outcome).message.words_source;
    expect(sourceWith({})).toBe('model');
    expect(sourceWith({ body: 'See https://evil.example/a' })).toBe('template');
    expect(sourceWith({ body: 'Dear [Name], hello' })).toBe('template');
    expect(sourceWith({ variant_id: 'VAR09999' })).toBe('template');
  });
});

it('keeps retries and time-out of the contract', () => {
  expect(planned(decide().outcome)).toMatchObject({ max_attempts: 4, response_timeout_seconds: 60 });
});

it('spaces a slow sequence wider than a quick one, and never plans into the past', () => {
  const quick = planned(decide().outcome);
  const slow = planned(decide({}, { mode: 'nurture' }).outcome);
  expect(quick.message.planned_for > '2026-01-12T06:00:00.000Z').toBe(true);
  expect(slow.follow_ups).toHaveLength(3);
  expect(quick.follow_ups).toHaveLength(2);
  expect(slow.follow_ups.at(-1)!.planned_for > quick.follow_ups.at(-1)!.planned_for).toBe(true);
});

it('gives a bit-identical result when replayed from stored JSON', () => {
  const inputs = inputsFor();
  const first = engagementPolicy.decide(inputs, 'seed');
  const replayed = engagementPolicy.decide(JSON.parse(JSON.stringify(inputs)) as EngagementInputs, 'seed');
  expect(JSON.stringify(replayed)).toBe(JSON.stringify(first));
  expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  expect(first.alternatives.length).toBeGreaterThan(1);
});
