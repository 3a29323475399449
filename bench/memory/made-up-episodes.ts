import { type Random, createRandom } from '../../src/config/index.js';

export interface MadeUpEpisode {
  readonly scenario: string;
  readonly action_sequence_json: string[];
  readonly outcome_score: number;
  readonly notes: string;
}

const SITUATIONS = [
  'security_review',
  'budget_blocker',
  'enterprise_eval',
  'smb_quick_win',
  'churn_risk',
  'multi_stakeholder',
];
const STAGES = ['first_touch', 'discovery', 'trial', 'proposal', 'renewal', 'expansion', 'win_back'];
const STEPS = [
  'send_case_study',
  'follow_up_sms',
  'offer_trial',
  'book_demo',
  'retarget_ads',
  'pause_sequence',
  'escalate_manager',
  'call_champion',
  'share_roadmap',
  'send_pricing',
  'invite_webinar',
  'offer_discount',
  'send_security_whitepaper',
  'introduce_customer',
  'run_workshop',
  'ask_referral',
  'send_survey',
  'share_benchmark',
  'schedule_review',
  'extend_trial',
  'map_stakeholders',
  'send_contract',
  'personal_video',
  'handwritten_card',
];
const ROLES = [
  'CFO',
  'CISO',
  'head of procurement',
  'marketing lead',
  'plant manager',
  'data protection officer',
  'founder',
  'IT director',
  'sales director',
  'works council',
  'chief of staff',
  'operations manager',
];
const TRADES = [
  'logistics',
  'dental clinics',
  'wind turbines',
  'insurance',
  'retail banking',
  'publishing',
  'food packaging',
  'higher education',
  'chip design',
  'shipbuilding',
  'hotel',
  'biotech',
  'utilities',
  'fashion',
  'gaming',
  'legal services',
  'agriculture',
  'railway',
];
const ASKED = [
  'asked for',
  'insisted on',
  'was worried about',
  'wanted to compare',
  'never answered about',
  'came back with',
  'liked',
  'rejected',
  'postponed',
  'signed after seeing',
];
const TOPICS = [
  'the penetration test report',
  'single sign-on',
  'a longer trial',
  'price per seat',
  'the data residency clause',
  'an integration with the warehouse',
  'onboarding time',
  'a reference customer',
  'the renewal date',
  'export to spreadsheets',
  'training for the team',
  'an uptime guarantee',
  'quarterly invoicing',
  'the migration plan',
  'a discount for two years',
  'accessibility',
  'the mobile app',
  'return on investment',
  'the audit trail',
  'support in the evening',
  'language versions',
  'attribution of revenue',
  'the encryption keys',
  'a sandbox',
  'response times',
];
const LESSONS = [
  'a short call settled it',
  'the second reminder was too much',
  'silence for a week helped',
  'numbers from the same trade convinced them',
  'needs the manager early',
  'do not send on Friday',
  'video worked better than text',
  'ask who else decides',
  'the pilot must be small',
  'they read everything at night',
  'one page beats ten',
  'discount was not the point',
];
const SYLLABLES = [
  'ba',
  'cor',
  'del',
  'fen',
  'gal',
  'hol',
  'jun',
  'kes',
  'lam',
  'mir',
  'nov',
  'ost',
  'pra',
  'quil',
  'ros',
  'sta',
  'tor',
  'ul',
  'ven',
  'wex',
  'yar',
  'zan',
];

const pick = <T>(random: Random, from: readonly T[]): T => from[random.integer(from.length)]!;

/**
 * Plainly invented episodes: 42 situations, sequences of two to six steps, notes of two sentences with a made-up
 * company's name in them.
 */
export function madeUpEpisode(random: Random): MadeUpEpisode {
  const steps = new Set<string>();
  for (let wanted = 2 + random.integer(5); steps.size < wanted;) steps.add(pick(random, STEPS));
  const company = `${pick(random, SYLLABLES)}${pick(random, SYLLABLES)}${pick(random, SYLLABLES)}`;
  return {
    scenario: `${pick(random, SITUATIONS)}_${pick(random, STAGES)}`,
    action_sequence_json: [...steps],
    outcome_score: Math.round(random.next() * 1000) / 1000,
    notes: `The ${pick(random, ROLES)} at ${company} (${pick(random, TRADES)}) ${pick(random, ASKED)} ${pick(random, TOPICS)} and ${pick(random, TOPICS)}; ${pick(random, LESSONS)}.`,
  };
}

export function* madeUpEpisodes(seed: number, count: number): Generator<MadeUpEpisode> {
  const random = createRandom(`episodes ${seed}`);
  for (let number = 0; number < count; number++) yield madeUpEpisode(random);
}

/**
 * What an agent would ask for: some of the words of a situation that somebody was in, in its own order and partly in
 * other forms.
 * @returns between 3 and 12 words
 */
export function madeUpQuery(random: Random): string {
  const { scenario, notes, action_sequence_json: steps } = madeUpEpisode(random);
  const words = `${scenario} ${notes} ${steps.join(' ')}`.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 2);
  const query: string[] = [];
  for (let wanted = 3 + random.integer(10); query.length < wanted;) query.push(inflected(random, pick(random, words)));
  return query.join(' ');
}

function inflected(random: Random, word: string): string {
  return random.next() < 0.2 ? `${word}${pick(random, ['s', 'ed', 'ing'])}` : word;
}
