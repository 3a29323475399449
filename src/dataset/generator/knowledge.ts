import type { Random } from '../../config/index.js';
import { GENERATED_CHANNELS } from './truth.js';
import type { Row } from '../cell-codec.js';
import { INDUSTRIES } from '../vocabulary.js';
import { chance, clamp, normal, pick, round, sample } from './sampling.js';
import { REGIONS } from '../../vocabulary/index.js';

const SEGMENT_WORDS = [
  'Atlas',
  'Zenith',
  'Green',
  'Spark',
  'Merit',
  'Lumen',
  'Quantum',
  'Bridge',
  'Nurture',
  'Vector',
  'Delta',
  'Flow',
];
const SEGMENT_DESCRIPTIONS = [
  'High-intent APAC',
  'Price-sensitive SMB',
  'Security-focused enterprise',
  'Reactivation cohort',
];

export function* segmentRows(random: Random): Generator<Row> {
  for (let number = 1; number <= 15; number++) {
    yield {
      segment_id: `SEG${String(number).padStart(4, '0')}`,
      name: `${sample(random, SEGMENT_WORDS, 2).join(' ')} Segment`,
      rules_json: {
        industry: chance(random, 0.5) ? null : pick(random, INDUSTRIES),
        min_lead_score: pick(random, [null, 60, 70, 80]),
        regions: sample(random, REGIONS, 1 + random.integer(3)),
        preferred_channel: chance(random, 0.4) ? null : pick(random, GENERATED_CHANNELS),
      },
      description: pick(random, SEGMENT_DESCRIPTIONS),
    };
  }
}

const STEPS = [
  'send_case_study',
  'follow_up_sms',
  'offer_trial',
  'book_demo',
  'retarget_ads',
  'pause_sequence',
  'escalate_manager',
] as const;

/**
 * How much each step helps (or harms) in a situation; every other step is worth nothing. The outcome is 0.45 plus
 * their sum, with noise of 0.1.
 */
export const STEP_EFFECTS: Record<string, Partial<Record<(typeof STEPS)[number], number>>> = {
  security_review: { send_case_study: 0.25, escalate_manager: 0.15, follow_up_sms: -0.15, retarget_ads: -0.1 },
  budget_blocker: { offer_trial: 0.3, pause_sequence: 0.1, book_demo: -0.15, escalate_manager: -0.05 },
  enterprise_eval: { book_demo: 0.25, escalate_manager: 0.2, follow_up_sms: -0.2 },
  smb_quick_win: { offer_trial: 0.25, follow_up_sms: 0.2, escalate_manager: -0.25 },
  churn_risk: { escalate_manager: 0.25, pause_sequence: 0.1, retarget_ads: -0.2 },
  multi_stakeholder: { send_case_study: 0.2, book_demo: 0.2, pause_sequence: -0.1 },
};
const EPISODE_NOTES: Record<string, string> = {
  security_review: 'requires security one-pager',
  budget_blocker: 'great for re-engagement',
  enterprise_eval: 'best when lead score >70',
  smb_quick_win: 'worked well for APAC SMBs',
  churn_risk: 'great for re-engagement',
  multi_stakeholder: 'best when lead score >70',
};

export function* episodeRows(random: Random, count: number): Generator<Row> {
  const scenarios = Object.keys(STEP_EFFECTS);
  for (let number = 1; number <= count; number++) {
    const scenario = pick(random, scenarios);
    const steps = sample(random, STEPS, 2 + random.integer(4));
    const effect = steps.reduce((sum, step) => sum + (STEP_EFFECTS[scenario][step] ?? 0), 0);
    yield {
      episode_id: `EPI${String(number).padStart(5, '0')}`,
      scenario,
      action_sequence_json: steps,
      outcome_score: round(clamp(0.45 + effect + 0.1 * normal(random), 0.01, 0.99), 3),
      notes: EPISODE_NOTES[scenario],
    };
  }
}

const PRODUCTS = ['ProductA', 'ProductB'];
const FEATURES = ['FeatureX', 'FeatureY', 'Security', 'Integration', 'Onboarding', 'ROI'];
const CONTENT = ['CaseStudy1', 'CaseStudy2'];
const MARKETS = ['SMB', 'Enterprise', 'Lead'];
const GRAPH_CHANNELS = ['Email', 'SMS', 'Social', 'Ads'];
/** Which kinds of things a predicate relates, so that a path through the graph means something. */
const GRAMMAR: readonly (readonly [subjects: readonly string[], predicate: string, objects: readonly string[]])[] = [
  [MARKETS, 'interested_in', [...PRODUCTS, ...FEATURES]],
  [MARKETS, 'preferred_channel', GRAPH_CHANNELS],
  [MARKETS, 'located_in', ['APAC', 'EU']],
  [['Campaign'], 'targets', [...MARKETS, 'APAC', 'EU']],
  [[...CONTENT, ...FEATURES], 'boosts', ['ROI', ...PRODUCTS, 'Campaign']],
  [PRODUCTS, 'requires', FEATURES],
  [[...CONTENT, ...PRODUCTS], 'related_to', [...FEATURES, ...PRODUCTS]],
  [[...PRODUCTS, ...FEATURES], 'similar_to', [...PRODUCTS, ...FEATURES]],
];

/** Each statement comes at most once from a source; when all are said (a few hundred), there are no more. */
export function* tripleRows(random: Random, count: number): Generator<Row> {
  const said = new Set<string>();
  for (let attempts = 0; said.size < count && attempts < 20 * count; attempts++) {
    const [subjects, predicate, objects] = pick(random, GRAMMAR);
    const subject = pick(random, subjects);
    const object = pick(
      random,
      objects.filter((candidate) => candidate !== subject),
    );
    const source = pick(random, ['imported', 'analyst', 'heuristic', 'docs']);
    const statement = `${subject} ${predicate} ${object} ${source}`;
    if (said.has(statement)) continue;
    said.add(statement);
    yield { subject, predicate, object, weight: round(0.1 + 0.9 * random.next(), 3), source };
  }
}
