import { createRandom } from '../../config/index.js';
import { GENERATED_CHANNELS, type GeneratedChannel } from '../generator/truth.js';
import type { LeadPlan } from '../generator/leads.js';
import { pick } from '../generator/sampling.js';
import { INTERESTS } from '../vocabulary.js';
import { type Touch, answerProbability } from './answer-probability.js';
import type { SimWorld } from './sim-world.js';
import { answerTouch } from './lead-answers.js';
import { OUTREACH_CHANNELS } from '../../vocabulary/index.js';

/** What agents can choose from and the world answers on. */
const SIM_CHANNELS = OUTREACH_CHANNELS.filter((each) =>
  (GENERATED_CHANNELS as readonly string[]).includes(each),
) as readonly GeneratedChannel[];
/** The hours at which agents send. */
const HOURS = [9, 10, 11, 12, 13, 14, 15, 16] as const;

/** Share of good answers when everything is chosen by the truth, or by dice: what any policy lies between. */
export interface SimBounds {
  readonly oracle: number;
  readonly random: number;
}

/** Plays the rounds once with each; a lead is written to once a round, as by the agents. */
export function simBounds(world: SimWorld, rounds: number): SimBounds {
  let oracle = 0;
  let random = 0;
  for (const lead of world.leads) {
    const dice = createRandom(`${world.seed}:sim:dice:${lead.number}`);
    for (let round = 0; round < rounds; round++) {
      if (answerTouch(world, lead, round, bestTouch(world, lead, round)).isGood) oracle++;
      const touch = {
        channel: pick(dice, SIM_CHANNELS),
        variant: pick(dice, lead.campaign.variants),
        hour: pick(dice, HOURS),
        topic: pick(dice, [...INTERESTS, null]),
      };
      if (answerTouch(world, lead, round, { ...touch, earlier: round }).isGood) random++;
    }
  }
  const touches = world.leads.length * rounds;
  return { oracle: oracle / touches, random: random / touches };
}

function bestTouch({ kind }: SimWorld, lead: LeadPlan, earlier: number): Touch {
  const hour = Number(lead.bestContactTime.slice(0, 2));
  const topic = lead.interests[0] ?? null;
  const touches = lead.campaign.variants.flatMap((variant) =>
    SIM_CHANNELS.map((channel): Touch => ({ channel, variant, hour, topic, earlier })),
  );
  return touches.reduce((best, touch) =>
    answerProbability(lead, touch, kind) > answerProbability(lead, best, kind) ? touch : best,
  );
}
