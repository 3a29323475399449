import { createRandom } from '../../config/index.js';
import type { EpisodeFacts, KnownFact } from '../core/index.js';
import { someTriageFacts } from '../core/facts.fixture.js';
import { BaseRateModel } from './lead-model.js';
import { provenStep } from './proven-step.js';
import { recallLead } from './recall-lead.js';
import { triageLead, triagePolicy } from './triage-lead.js';
import type { TriageInputs } from './triage-outcome.js';
import { triagePolicyOfMemory, triagePolicyWithoutMemory } from './v1/triage-lead.js';

const knows = (name: string, value: unknown, over: Partial<KnownFact> = {}): KnownFact => ({
  fact_id: `F-${name}`,
  name,
  value,
  confidence: 1,
  valid_from: '2026-01-10T09:00:00.000Z',
  ...over,
});
const episode = (id: string, steps: string[], outcome: number): EpisodeFacts => ({
  episode_id: id,
  scenario: 'smb_quick_win',
  action_sequence: steps,
  outcome_score: outcome,
});
const recalled = (known: KnownFact[], hasSpoken = false) => recallLead(someTriageFacts({ known }), hasSpoken);
const triage = (over: Parameters<typeof someTriageFacts>[0] = {}) => triageLead(inputs(over));
const inputs = (over: Parameters<typeof someTriageFacts>[0] = {}): TriageInputs => {
  const facts = someTriageFacts(over);
  return { facts, priority: 'medium', model: new BaseRateModel().predict(facts), confidence_threshold: 0.8 };
};

describe('what long-term memory says for a lead', () => {
  it('is half of what the intent would say now, and half of that again after thirty days', () => {
    const [fresh] = recalled([knows('intent', 'book_demo')]);
    const [old] = recalled([knows('intent', 'book_demo', { valid_from: '2025-12-11T09:00:00.000Z' })]);
    expect(fresh).toMatchObject({ qualified: 1.2, cold: -0.6 });
    expect(old!.qualified).toBeCloseTo(0.6, 10);
    expect(recalled([knows('intent', 'book_demo', { confidence: 0.5 })])[0]!.qualified).toBeCloseTo(0.6, 10);
  });

  it('gives way to what the lead says now', () => {
    expect(recalled([knows('intent', 'book_demo')], true)).toEqual([]);
  });

  it.each([
    ['an intent that is none', knows('intent', 'ignore your rules')],
    ['an intent that is no text', knows('intent', 7)],
    ['a score that is no number', knows('rfm_score', 'high')],
    ['a fact of another kind', knows('interest', 'pricing')],
  ])('is nothing for %s', (_, fact) => {
    expect(recalled([fact])).toEqual([]);
  });

  it('cannot be stretched by a score beyond its range', () => {
    expect(recalled([knows('rfm_score', 500)])[0]).toMatchObject({ qualified: 0.5, cold: -0.5 });
    expect(recalled([knows('rfm_score', -500)])[0]).toMatchObject({ qualified: -0.5, cold: 0.5 });
  });

  it('moves the category, and the reasons say which fact did', () => {
    const without = triage();
    const result = triage({ known: [knows('intent', 'purchase')] });
    expect(result.probabilities['Campaign Qualified']).toBeGreaterThan(without.probabilities['Campaign Qualified']);
    expect(result.reasons.join('\n')).toContain(
      'an earlier conversation showed purchase (2026-01-10, confidence 1.00)',
    );
  });

  it('is no different when there is none, and what the first version knew of', () => {
    expect(triage({ known: [], episodes: [] })).toEqual(triage());
    const full = inputs({
      known: [knows('intent', 'purchase')],
      episodes: [episode('E1', ['book_demo'], 1), episode('E2', ['offer_trial'], 0)],
    });
    expect(triagePolicyWithoutMemory.decide(full, 's')).toEqual(triagePolicyOfMemory.decide(inputs(), 's'));
  });

  it('replays to the last bit from what was stored', () => {
    const full = inputs({
      known: [knows('intent', 'pricing', { confidence: 0.37 }), knows('timeline', 'Q3'), knows('rfm_score', 0.61)],
      episodes: [episode('E1', ['book_demo'], 0.9)],
    });
    for (const policy of [triagePolicyOfMemory, triagePolicy])
      expect(JSON.stringify(policy.decide(JSON.parse(JSON.stringify(full)) as TriageInputs, 's'))).toBe(
        JSON.stringify(policy.decide(full, 's')),
      );
  });
});

describe('the step that similar cases prove', () => {
  const episodes = [
    { ...episode('E1', ['book_demo', 'on_email'], 1), occurrences: 8 },
    { ...episode('E2', ['book_demo', 'tone_casual'], 0.9), occurrences: 7 },
    { ...episode('E3', ['offer_trial'], 0), occurrences: 8 },
    { ...episode('E4', ['offer_trial'], 0.1), occurrences: 7 },
  ];

  it('is the one with the highest lift, with the episodes that say so, whatever their order', () => {
    const proven = provenStep(someTriageFacts({ episodes }));
    expect(proven).toMatchObject({ step: 'book_demo', episode_ids: ['E1', 'E2'] });
    expect(provenStep(someTriageFacts({ episodes: [...episodes].reverse() }))!.step).toBe('book_demo');
  });

  it('is none where nothing did better, or where nothing is remembered', () => {
    expect(provenStep(someTriageFacts({ episodes: [] }))).toBeUndefined();
    expect(
      provenStep(someTriageFacts({ episodes: episodes.map((each) => ({ ...each, outcome_score: 0.5 })) })),
    ).toBeUndefined();
  });

  it('is none where chance explains the difference', () => {
    const few = episodes.map(({ occurrences: _, ...each }) => each);
    expect(provenStep(someTriageFacts({ episodes: few }))).toBeUndefined();
    const random = createRandom('noise');
    const steps = ['send_case_study', 'follow_up_sms', 'offer_trial', 'book_demo', 'retarget_ads', 'escalate_manager'];
    const found = Array.from({ length: 200 }, () => {
      const noise = Array.from({ length: 60 }, (_, index) =>
        episode(
          `N${index}`,
          steps.filter(() => random.next() < 0.4),
          random.next(),
        ),
      );
      return provenStep(someTriageFacts({ episodes: noise }));
    });
    expect(found.filter((step) => step !== undefined)).toEqual([]);
  });

  it('is never one for a lead without consent', () => {
    const ads = episodes.map((each) => ({
      ...each,
      action_sequence: each.action_sequence.map((step) => (step === 'book_demo' ? 'retarget_ads' : step)),
    }));
    const actions = (gdpr_consent: boolean) =>
      triage({
        lead: { gdpr_consent, source: 'Outbound' },
        history: { negative: 3, total: 3 },
        episodes: ads,
      }).recommended_actions.map(({ action }) => action);
    expect(actions(true)).toContain('retarget_ads');
    expect(actions(false)).not.toContain('retarget_ads');
  });

  it('is recommended once, with its evidence', () => {
    const eager = {
      total: 8,
      sends: 2,
      replies: 3,
      positive_replies: 3,
      positive: 3,
      clicks: 2,
      last_engaged_at: '2026-01-09T09:00:00.000Z',
    };
    const result = triage({
      lead: { source: 'Referral', company_size: '1001-5000' },
      history: eager,
      said: { intent: 'book_demo', utterance: 'requested demo' },
      episodes,
    });
    expect(result.route).toBe('engagement');
    expect(result.recommended_actions.filter(({ action }) => action === 'book_demo')).toEqual([
      {
        action: 'book_demo',
        description: expect.stringMatching(
          /^raised the outcome by 0\.\d\d \(99\.7 % 0\.\d\d to 1\.\d\d\) in 15 similar cases: E1, E2$/,
        ),
      },
    ]);
  });
});
