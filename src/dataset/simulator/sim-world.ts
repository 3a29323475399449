import { createRandom } from '../../config/index.js';
import { periodEnding } from '../generator/calendar.js';
import { planCampaigns, type CampaignPlan } from '../generator/campaigns.js';
import { planLead, type LeadPlan } from '../generator/leads.js';
import { pick } from '../generator/sampling.js';

/**
 * `preferences`: leads answer by the generator's truth. `indifferent`: who, where, when and what make no difference,
 * so nothing can be learned.
 */
export type WorldKind = 'preferences' | 'indifferent';

export interface SimWorld {
  readonly seed: number;
  readonly kind: WorldKind;
  readonly campaigns: readonly CampaignPlan[];
  readonly leads: readonly LeadPlan[];
  /** Midnight of the first day. */
  readonly start: number;
}

const PERIOD_DAYS = 120;

/**
 * Invents campaigns and consenting leads with the generator's own plans: what a lead likes is known to the world and
 * to nobody else.
 */
export function planWorld({
  seed,
  kind,
  leads,
  start,
}: {
  seed: number;
  kind: WorldKind;
  leads: number;
  start: string;
}): SimWorld {
  const period = periodEnding(start, PERIOD_DAYS);
  const campaigns = planCampaigns(createRandom(`${seed}:sim:campaigns`), 400, period);
  const random = createRandom(`${seed}:sim:arrivals`);
  const planned: LeadPlan[] = [];
  for (let number = 1; planned.length < leads; number++) {
    const campaign = pick(random, campaigns);
    const day = pick(random, [...campaign.days.values()]);
    const lead = planLead(createRandom(`${seed}:sim:lead:${number}`), number, campaign, day);
    if (lead.gdpr_consent) planned.push(lead);
  }
  return { seed, kind, campaigns, leads: planned, start: period.end };
}
