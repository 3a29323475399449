import { consolidateExpired } from './consolidate.js';
import { type TriedEpisode, findRecurrent, judgeSteps } from './generalise.js';
import { type ConversationContext, readConversation } from './read-conversation.js';
import { planTriples, wishesOfLessons } from './triple-keeper.js';

const aConversation = (over: Partial<ConversationContext> = {}): ConversationContext => ({
  conversation_id: 'C1',
  lead_id: 'L1',
  last_utterance_summary: '',
  active_intent: 'unknown',
  slots_json: {},
  expires_at: '2026-01-02T00:00:00.000Z',
  ...over,
});
const tried = (scenario: string, steps: string[], outcome_score: number, occurrences = 1): TriedEpisode => ({
  episode_id: `${scenario}-${steps.join('-')}-${outcome_score}`,
  scenario,
  steps,
  outcome_score,
  occurrences,
});

describe('a conversation', () => {
  it.each<[string, Partial<ConversationContext>, unknown[]]>([
    ['an intent', { active_intent: 'Book_Demo' }, [['intent', 'book_demo', 0.6]]],
    ['no intent of its own invention', { active_intent: 'delete_everything' }, []],
    [
      'slots as their kinds',
      { slots_json: { employees: 50, tooling: ['HubSpot', 3, ' GA4 '], budget_usd: -1, is_decision_maker: true } },
      [
        ['employees', 50, 0.8],
        ['tooling', ['HubSpot', 'GA4'], 0.8],
        ['is_decision_maker', true, 0.7],
      ],
    ],
    [
      'topics of slots before those that were said',
      { slots_json: { interests: ['Case studies', 'golf'] }, last_utterance_summary: 'case study on security' },
      [
        ['interest', 'case_studies', 0.7],
        ['interest', 'security', 0.5],
      ],
    ],
    ['a timeline that was said', { last_utterance_summary: 'timeline Q3' }, [['timeline', 'q3', 0.5]]],
    [
      'a timeline of a slot rather than one that was said',
      { last_utterance_summary: 'in Q3', slots_json: { timeline: 'Q4' } },
      [['timeline', 'Q4', 0.7]],
    ],
    [
      'nothing of the notes that agents keep in it',
      { slots_json: { triage: { score: 3 }, outreach: {}, reply: {} } },
      [],
    ],
  ])('leaves %s', (_, over, expected) => {
    expect(
      readConversation(aConversation(over)).facts.map(({ name, value, confidence }) => [name, value, confidence]),
    ).toEqual(expected);
  });

  it('that leaves nothing is said to have been removed', () => {
    const plan = consolidateExpired([aConversation()]);
    expect(plan).toMatchObject({
      facts: [],
      conversation_ids: ['C1'],
      items: [{ kind: 'entry_removed', lead_id: 'L1', provenance: ['C1'] }],
    });
  });
});

describe('lessons of episodes', () => {
  it('are shrunken differences of the outcome', () => {
    // mean of all 0.5, with the step 0.9 over 15 tries: 0.4 · 15 / 20
    const [works, fails] = judgeSteps([tried('s', ['a'], 0.9, 15), tried('s', ['b'], 0.1, 15)]);
    expect(works).toMatchObject({
      step: 'a',
      verdict: 'works_with',
      lift: 0.3,
      tries: 15,
      mean_with: 0.9,
      mean_all: 0.5,
    });
    expect(fails).toMatchObject({ step: 'b', verdict: 'fails_with', lift: -0.3 });
  });

  it('count an episode that happened often as often as it happened', () => {
    const once = judgeSteps([
      ...Array.from({ length: 10 }, () => tried('s', ['a'], 0.9)),
      ...Array.from({ length: 10 }, () => tried('s', ['b'], 0.1)),
    ]);
    const merged = judgeSteps([tried('s', ['a'], 0.9, 10), tried('s', ['b'], 0.1, 10)]);
    expect(merged.map(({ step, lift, tries }) => [step, lift, tries])).toEqual(
      once.map(({ step, lift, tries }) => [step, lift, tries]),
    );
  });

  it.each([
    ['too few tries', [tried('s', ['a'], 0.9, 4), tried('s', ['b'], 0.1, 40)]],
    ['what chance does', [tried('s', ['a'], 0.6, 8), tried('s', ['b'], 0.4, 8)]],
    ['a step that is always taken', [tried('s', ['a'], 0.9, 20), tried('s', ['a'], 0.1, 20)]],
    ['nothing at all', []],
  ])('are not drawn from %s', (_, episodes) => {
    expect(judgeSteps(episodes).filter(({ step }) => step === 'a')).toEqual([]);
  });
});

describe('what a group has in common', () => {
  const known = new Map([
    ['FinTech', 40],
    ['Retail', 40],
  ]);

  it('is what stands out from all groups', () => {
    const counts = [
      { group: 'FinTech', value: 'security', leads: 36 },
      { group: 'Retail', value: 'security', leads: 8 },
      { group: 'FinTech', value: 'roi', leads: 20 },
      { group: 'Retail', value: 'roi', leads: 20 },
    ];
    // (36 + 20 · 0.55) / 60
    expect(findRecurrent(counts, known)).toEqual([
      { group: 'FinTech', value: 'security', support: 36, known: 40, share: 0.7833, share_of_all: 0.55 },
    ]);
  });

  it.each([
    ['few leads', [{ group: 'FinTech', value: 'x', leads: 4 }]],
    [
      'a small surplus',
      [
        { group: 'FinTech', value: 'x', leads: 22 },
        { group: 'Retail', value: 'x', leads: 18 },
      ],
    ],
  ])('is not told of %s', (_, counts) => {
    expect(findRecurrent(counts, known)).toEqual([]);
  });
});

describe('the plan of triples', () => {
  const wishes = wishesOfLessons(judgeSteps([tried('s', ['a'], 0.9, 15), tried('s', ['b'], 0.1, 15)]));
  const existing = wishes.map(({ subject, predicate, object, weight }, index) => ({
    triple_id: `t${index}`,
    subject,
    predicate,
    object,
    weight,
  }));

  it('has nothing to do when the graph says so already', () => {
    expect(planTriples(existing, wishes)).toEqual({ state: [], end: [] });
    expect(planTriples([{ ...existing[0]!, weight: 0.27 }, existing[1]!], wishes)).toEqual({ state: [], end: [] });
  });

  it('ends what has moved and states it anew, and ends what is wished no longer', () => {
    const moved = { ...existing[0]!, weight: 0.9 };
    expect(planTriples([moved, existing[1]!], [wishes[0]!])).toEqual({ state: [wishes[0]], end: [moved, existing[1]] });
  });
});
