import { aVariant, someEngagementFacts } from '../core/facts.fixture.js';
import { answerTo, askFor, youAskedFor } from './answer-words.js';
import { checkClaims, checkPressure } from './check-claims.js';
import { checkWords } from './check-words.js';
import { QUESTIONS } from './heard.js';
import { briefFor, writeFromTemplate } from './write-words.js';
import { HOT_ASKS } from '../core/index.js';
import { CHANNEL, OUTREACH_CHANNELS } from '../../vocabulary/index.js';

const NOTHING_HELD = { marketers: [], said: [] };
const TONES = ['Professional', 'Insightful', 'Friendly', 'Urgent', 'Playful', 'unknown'];
const CREATIVES = ['SubjectLine', 'AdCopy', 'LandingPage', 'SMSCopy', 'unknown'];
const SUBJECTS = [
  'Quick win: optimize your funnel',
  'We saved teams 27% on CPL',
  'Your free audit is ready',
  'Last chance: only 3 seats left',
  null,
];

it.each([
  'You had asked about roadmap; we can start there.',
  'You recently downloaded our guide.',
  'As discussed, here is the offer.',
  'Teams like yours tell us that pipeline is what holds them back.',
  'We saved teams 27% on CPL.',
  'Our customers doubled their revenue.',
  'Proven to work.',
  'Get a 3x return.',
  'Save $400 a month.',
])('takes "%s" for a claim that no fact holds', (body) => {
  expect(checkClaims({ subject: null, body }, NOTHING_HELD)).toContain('unheld_claim');
});

it.each([
  'Places for this month are nearly gone, so this is short.',
  'Only 3 seats left!',
  'Hurry, the offer ends tonight',
  'Last chance to join',
  'Nur noch heute zu haben',
  'Dernière chance',
])('takes "%s" for pressure, whoever wrote it', (body) => {
  expect(checkClaims({ subject: null, body }, { marketers: [body], said: [] })).toContain('pressure');
});

it('takes what a marketer claims as theirs, and what the lead asked for as held', () => {
  const body = 'We saved teams 27% on CPL. You asked for a demo.';
  expect(checkClaims({ subject: null, body }, NOTHING_HELD)).toEqual(['unheld_claim']);
  const held = { marketers: ['We saved teams 27% on CPL'], said: [youAskedFor(['demo'])] };
  expect(checkClaims({ subject: null, body }, held)).toEqual([]);
});

describe.each(OUTREACH_CHANNELS)('every template on %s', (channel) => {
  const factsets = [null, { interests: ['roadmap'], company: 'Acme Co.' }].flatMap((memory) =>
    [null, 'SaaS'].map((industry) =>
      someEngagementFacts({
        lead: { industry, persona: industry && 'CMO' },
        long_term: memory && {
          best_contact_time: null,
          preferred_channels: [],
          interests: memory.interests,
          rfm_score: null,
          last_updated_at: '2026-01-01T00:00:00.000Z',
        },
        short_term: memory && {
          conversation_id: 'C1',
          active_intent: null,
          last_utterance_summary: null,
          slots: { company: memory.company },
          expires_at: '2026-01-13T00:00:00.000Z',
        },
      }),
    ),
  );

  it('says nothing but what facts hold, in any tone, with and without a link', () => {
    let count = 0;
    for (const tone of TONES)
      for (const creative_type of CREATIVES)
        for (const subject_line of SUBJECTS)
          for (const base of [null, 'https://go.example.com'])
            for (const facts of factsets) {
              const variant = aVariant({ tone, creative_type, subject_line });
              const brief = briefFor(facts, { variant, channel, sampled: 0, expected: 0, interval: [0, 0] }, base);
              const words = writeFromTemplate(brief, facts);
              const held = { marketers: [brief.subject_line, brief.call_to_action], said: [] };
              expect([words.body, checkClaims(words, held)]).toEqual([words.body, []]);
              expect(checkWords(words, channel, ['go.example.com'])).toEqual([]);
              expect(checkPressure(words.body)).toBe(false);
              count++;
            }
    expect(count).toBe(TONES.length * CREATIVES.length * SUBJECTS.length * 2 * 4);
  });

  it('answers and asks in words that are fit to send', () => {
    if (CHANNEL[channel].reach !== 'direct') return;
    const answers = [HOT_ASKS, ...HOT_ASKS.map((ask) => [ask])].map((asks) => answerTo(asks, channel));
    const questions = [QUESTIONS.slice(0, 2), ...QUESTIONS.map((field) => [field])].map((fields) =>
      askFor(fields, channel),
    );
    for (const words of [...answers, ...questions]) {
      expect([words, checkWords(words, channel, [])]).toEqual([words, []]);
      const said = [HOT_ASKS, ...HOT_ASKS.map((ask) => [ask])].map((asks) => youAskedFor(asks));
      expect([words, checkClaims(words, { marketers: [], said })]).toEqual([words, []]);
    }
  });
});
