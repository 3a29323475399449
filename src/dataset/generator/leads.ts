import type { Random } from '../../config/index.js';
import {
  CONTACT_TIMES,
  INDUSTRIES,
  INTERESTS,
  PERSONAS,
  type Industry,
  type Persona,
  type Source,
} from '../vocabulary.js';
import { momentOfDay } from './calendar.js';
import type { CampaignDay, CampaignPlan } from './campaigns.js';
import { chance, normal, pick, round, sample, sigmoid, weightedIndex, weightedKey } from './sampling.js';
import { GENERATED_CHANNELS, type GeneratedChannel, explainedPropensity, TRUTH } from './truth.js';
import { agentId, COMPANY_SIZES, type CompanySize, type Region, REGIONS } from '../../vocabulary/index.js';

const FIRST_NAMES = [
  'maya',
  'liam',
  'aisha',
  'noah',
  'priya',
  'lucas',
  'wei',
  'sofia',
  'omar',
  'elena',
  'kofi',
  'hana',
  'diego',
  'anya',
  'ravi',
  'zoe',
];
const LAST_NAMES = [
  'okafor',
  'smith',
  'khan',
  'garcia',
  'patel',
  'muller',
  'chen',
  'rossi',
  'haddad',
  'novak',
  'mensah',
  'sato',
  'lopez',
  'ivanova',
  'rao',
  'martin',
];

/** Where leads that a channel brings say they come from. */
const SOURCE_BY_CHANNEL: Record<GeneratedChannel, Partial<Record<Source, number>>> = {
  Email: { Website: 0.35, Partner: 0.2, Referral: 0.2, Outbound: 0.25 },
  SMS: { Website: 0.5, Event: 0.3, Outbound: 0.2 },
  Social: { LinkedIn: 0.65, Website: 0.2, Referral: 0.15 },
  Ads: { 'Google Ads': 0.75, LinkedIn: 0.15, Website: 0.1 },
  Web: { Website: 0.65, Referral: 0.15, 'Google Ads': 0.1, Partner: 0.1 },
  Call: { Outbound: 0.55, Event: 0.3, Referral: 0.15 },
};

const PREFERRED_CHANNEL: Record<Persona, Record<GeneratedChannel, number>> = {
  CMO: { Email: 4, Social: 2, Call: 2, Web: 1, Ads: 1, SMS: 1 },
  'Marketing Manager': { Email: 3, Social: 3, Web: 2, Ads: 2, SMS: 1, Call: 1 },
  Founder: { Call: 3, SMS: 3, Email: 2, Social: 1, Web: 1, Ads: 1 },
  'Sales Lead': { Call: 4, Email: 2, SMS: 2, Social: 2, Web: 1, Ads: 1 },
  Procurement: { Email: 5, Web: 2, Call: 2, SMS: 1, Ads: 1, Social: 1 },
  Engineer: { Web: 4, Email: 3, Ads: 1, Social: 2, SMS: 1, Call: 0.5 },
};

/** Share of leads that consent to be contacted. */
const CONSENT_RATE: Record<Region, number> = { US: 0.8, EU: 0.62, India: 0.76, APAC: 0.74, LATAM: 0.75, MEA: 0.72 };
const COMPANY_SIZE_WEIGHTS = [1.2, 1.3, 1.2, 1, 0.8, 0.5];

export interface LeadPlan {
  readonly lead_id: string;
  readonly number: number;
  readonly campaign: CampaignPlan;
  readonly createdAt: number;
  /** The channel whose spend brought the lead. */
  readonly acquisitionChannel: GeneratedChannel;
  readonly source: Source;
  readonly company_size: CompanySize;
  readonly industry: Industry;
  readonly persona: Persona;
  readonly region: Region;
  readonly preferred_channel: GeneratedChannel;
  readonly gdpr_consent: boolean;
  readonly email: string;
  readonly phone: string;
  readonly assigned_engagement_agent: string;
  readonly bestContactTime: (typeof CONTACT_TIMES)[number];
  readonly interests: string[];
  /** Log-odds of readiness to buy; `propensity` is the same as a probability. */
  readonly logit: number;
  readonly propensity: number;
  /** What an agent can see of `logit`: with noise. */
  readonly visibleFit: number;
  readonly triage_category: string;
}

/** One lead of a campaign's day, drawn from the lead's own stream of random numbers. */
export function planLead(random: Random, number: number, campaign: CampaignPlan, day: CampaignDay): LeadPlan {
  const acquisitionChannel = campaign.responses[weightedIndex(random, day.channelLeads)].channel;
  const attributes = {
    source: weightedKey(random, SOURCE_BY_CHANNEL[acquisitionChannel] as Record<Source, number>),
    persona: chance(random, 0.7) ? pick(random, campaign.target_personas) : pick(random, PERSONAS),
    company_size: COMPANY_SIZES[weightedIndex(random, COMPANY_SIZE_WEIGHTS)],
    industry: pick(random, INDUSTRIES),
  };
  const region = chance(random, 0.6) ? campaign.primary_region : pick(random, REGIONS);
  const logit = explainedPropensity(attributes) + TRUTH.propensity.personalSpread * normal(random);
  const visibleFit = logit + 0.45 * normal(random);
  return {
    lead_id: `L${String(number).padStart(7, '0')}`,
    number,
    campaign,
    createdAt: momentOfDay(random, day.start),
    acquisitionChannel,
    ...attributes,
    region,
    preferred_channel: weightedKey(random, PREFERRED_CHANNEL[attributes.persona]),
    gdpr_consent: chance(random, CONSENT_RATE[region]),
    email: `${pick(random, FIRST_NAMES)}.${pick(random, LAST_NAMES)}.${number}@example.com`,
    // 555-0100 to 555-0199 is the range that the North American plan keeps for fiction; area codes start with 2 to 9
    phone: `+1-${200 + random.integer(800)}-555-01${String(random.integer(100)).padStart(2, '0')}`,
    assigned_engagement_agent: agentId('Engagement', 1 + random.integer(20)),
    bestContactTime: pick(random, CONTACT_TIMES),
    interests: sample(random, INTERESTS, 1 + random.integer(3)),
    logit: round(logit, 4),
    propensity: round(sigmoid(logit), 4),
    visibleFit,
    triage_category: chance(random, 0.13) ? 'General Inquiry' : visibleFit > -0.15 ? 'Campaign Qualified' : 'Cold Lead',
  };
}

/** The channels that the lead likes best, the preferred one first. */
export function likedChannels(random: Random, { preferred_channel }: LeadPlan): GeneratedChannel[] {
  if (chance(random, 0.4)) return [preferred_channel];
  return [
    preferred_channel,
    pick(
      random,
      GENERATED_CHANNELS.filter((channel) => channel !== preferred_channel),
    ),
  ];
}
