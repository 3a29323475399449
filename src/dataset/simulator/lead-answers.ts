import { createRandom } from '../../config/index.js';
import type { LeadPlan } from '../generator/leads.js';
import { exponential, pick } from '../generator/sampling.js';
import { answerProbability, type Touch } from './answer-probability.js';
import type { SimWorld } from './sim-world.js';

const HOUR_MS = 3_600_000;

/** How a lead took a touch. */
export interface LeadAnswer {
  readonly isGood: boolean;
  /** The true probability behind it. */
  readonly probability: number;
  /** How long the lead took, for a good answer. */
  readonly delayMs: number;
  /** What a good answer speaks of, in the words of the data set's summaries, with the intent that goes with it. */
  readonly said: { readonly summary: string; readonly intent: string };
}

/**
 * As the generator has conversations summed up: some interests share their words, so what is heard is not always what
 * was meant.
 */
const SUMMARY_OF_INTEREST: Readonly<Record<string, LeadAnswer['said']>> = {
  pricing: { summary: 'asked about pricing', intent: 'negotiate' },
  roi: { summary: 'asked about pricing', intent: 'negotiate' },
  security: { summary: 'needs security details', intent: 'download_asset' },
  integration: { summary: 'needs security details', intent: 'download_asset' },
  case_studies: { summary: 'interested in case studies', intent: 'download_asset' },
  roadmap: { summary: 'interested in case studies', intent: 'download_asset' },
};

/**
 * The world's answer. The luck of a lead in a round is drawn once and is the same whatever is sent (common random
 * numbers), so that arms that are compared differ by what they do and not by chance.
 */
export function answerTouch(world: SimWorld, lead: LeadPlan, round: number, touch: Touch): LeadAnswer {
  const random = createRandom(`${world.seed}:sim:luck:${lead.number}:${round}`);
  const luck = random.next();
  const probability = answerProbability(lead, touch, world.kind);
  // as in the generator's journeys
  const delayMs =
    touch.channel === 'Call' ? 20_000 : exponential(random, touch.channel === 'SMS' ? HOUR_MS : 5 * HOUR_MS) + 60_000;
  const said = SUMMARY_OF_INTEREST[pick(random, lead.interests)]!;
  return { isGood: luck < probability, probability, delayMs: Math.round(delayMs), said };
}
