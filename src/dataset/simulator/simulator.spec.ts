import { type Touch, answerProbability } from './answer-probability.js';
import { answerTouch } from './lead-answers.js';
import { simBounds } from './sim-bounds.js';
import { planWorld } from './sim-world.js';

const world = (kind: 'preferences' | 'indifferent' = 'preferences') =>
  planWorld({ seed: 7, kind, leads: 40, start: '2026-01-31' });
const plain: Touch = {
  channel: 'Social',
  variant: { tone: 'Friendly', call_to_action: 'Learn More', effect: 0 },
  hour: 12,
  topic: null,
  earlier: 0,
};
const logit = (p: number) => Math.log(p / (1 - p));

it('is the same world for the same seed, with leads that consented', () => {
  expect(world()).toEqual(world());
  expect(world().leads.every(({ gdpr_consent }) => gdpr_consent)).toBe(true);
  expect(world().leads).toHaveLength(40);
});

it('adds each liking to the log-odds of an answer, and fatigue for each earlier touch', () => {
  const [lead] = world().leads;
  const p = (over: Partial<Touch>) =>
    logit(answerProbability(lead!, { ...plain, ...over }, 'preferences')) -
    logit(answerProbability(lead!, plain, 'preferences'));
  expect(p({ hour: Number(lead!.bestContactTime.slice(0, 2)) })).toBeCloseTo(0.35, 10);
  expect(p({ topic: lead!.interests[0]! })).toBeCloseTo(0.35, 10);
  expect(p({ earlier: 3 })).toBeCloseTo(-0.36, 10);
  expect(p({ variant: { ...plain.variant, effect: 0.4 } })).toBeCloseTo(0.4, 10);
});

it('makes no difference by hour, topic, words or variant where leads are indifferent', () => {
  const [lead] = world('indifferent').leads;
  const liked = {
    ...plain,
    hour: Number(lead!.bestContactTime.slice(0, 2)),
    topic: lead!.interests[0]!,
    variant: { tone: 'Insightful', call_to_action: 'Book Demo', effect: 1 },
  } as const;
  expect(answerProbability(lead!, liked, 'indifferent')).toBe(answerProbability(lead!, plain, 'indifferent'));
});

it('draws a lead’s luck once a round, whatever is sent: what is likelier to be liked is never liked less', () => {
  const here = world();
  for (const lead of here.leads) {
    const better = { ...plain, variant: { ...plain.variant, effect: 1 } };
    if (answerTouch(here, lead, 0, plain).isGood) expect(answerTouch(here, lead, 0, better).isGood).toBe(true);
  }
});

it('has the truth do better than dice', () => {
  const { oracle, random } = simBounds(world(), 4);
  expect(oracle).toBeGreaterThan(random + 0.1);
});
