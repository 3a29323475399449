import type { Industry, Persona, Source, Tone } from '../vocabulary.js';
import { type Channel, CHANNELS, type CompanySize } from '../../vocabulary/index.js';

/**
 * What is true in the generated world, in log-odds unless said otherwise. Analyses can be judged against it: it is
 * written beside the files as `ground_truth.json`. The numbers are invented; their signs and sizes follow what B2B
 * marketers commonly report (referrals convert best, larger firms convert better and spend more, calls work on
 * founders, engineers dislike them).
 */
export const TRUTH = {
  /** Propensity: how ready a lead is to buy, before anybody writes to them. */
  propensity: {
    intercept: -0.35,
    persona: {
      CMO: 0.55,
      'Marketing Manager': 0.25,
      Founder: 0.4,
      'Sales Lead': 0.1,
      Procurement: -0.35,
      Engineer: -0.55,
    } satisfies Record<Persona, number>,
    companySize: {
      '1-10': -0.6,
      '11-50': -0.25,
      '51-200': 0.05,
      '201-1000': 0.35,
      '1001-5000': 0.5,
      '5000+': 0.3,
    } satisfies Record<CompanySize, number>,
    industry: {
      SaaS: 0.45,
      FinTech: 0.35,
      HealthTech: 0.1,
      'E\u2011commerce': 0.15,
      EdTech: -0.1,
      Manufacturing: -0.3,
      Media: -0.15,
      Retail: -0.35,
    } satisfies Record<Industry, number>,
    source: {
      Referral: 0.7,
      Partner: 0.45,
      Event: 0.3,
      Website: 0.1,
      LinkedIn: 0,
      'Google Ads': -0.25,
      Outbound: -0.55,
    } satisfies Record<Source, number>,
    /** Founders of small firms decide alone. */
    founderOfSmallFirm: 0.5,
    /** Standard deviation of what no attribute explains. */
    personalSpread: 0.6,
  },
  /** Does an outbound touch get an answer (an open, a reply, a pick-up, a visit)? */
  response: {
    base: { Email: -0.35, SMS: -1.2, Call: -0.6, Social: -1.2, Ads: -1.1, Web: -0.8 },
    /** How much of the propensity shows in a response. */
    propensityWeight: 0.45,
    /** Added when the touch uses the channel that the lead prefers. */
    preferredChannel: 0.5,
    /** Added inside the lead's own best hours. */
    bestHours: 0.35,
    /** For each earlier touch. */
    fatigue: -0.12,
    channelByPersona: {
      CMO: { Email: 0.3, Social: 0.2, SMS: -0.3 },
      'Marketing Manager': { Email: 0.2, Social: 0.3, Web: 0.2 },
      Founder: { Call: 0.5, SMS: 0.3 },
      'Sales Lead': { Call: 0.4, Social: 0.1 },
      Procurement: { Email: 0.4, Social: -0.4, Ads: -0.3 },
      Engineer: { Web: 0.5, Email: 0.1, Call: -0.8, SMS: -0.4 },
    } satisfies Record<Persona, Partial<Record<Channel, number>>>,
    toneByPersona: {
      CMO: { Insightful: 0.35, Playful: -0.25 },
      'Marketing Manager': { Playful: 0.3, Friendly: 0.15 },
      Founder: { Urgent: 0.3, Insightful: 0.1 },
      'Sales Lead': { Urgent: 0.25, Friendly: 0.2 },
      Procurement: { Professional: 0.4, Urgent: -0.35, Playful: -0.3 },
      Engineer: { Insightful: 0.45, Urgent: -0.5 },
    } satisfies Record<Persona, Partial<Record<Tone, number>>>,
    /** Standard deviation of the effect that each variant has of itself. */
    variantSpread: 0.4,
  },
  /**
   * What a message is about and what it asks for. The touches in the files have neither, so these move nothing there:
   * the simulator, in which agents write messages, adds them to a response.
   */
  message: {
    /** Added when the message speaks of one of the lead's interests. */
    topicOfInterest: 0.35,
    /**
     * Log-odds for a whole point of a playbook step's effect on the outcome; near one half a probability moves by a
     * quarter of its log-odds.
     */
    stepWeight: 4,
  },
  /** Probabilities inside the email funnel, before the lead's own inclination moves them. */
  funnel: { clickAfterOpen: -0.6, replyAfterClick: -0.8, unsubscribeAfterAnswer: -3.6, complaintAfterAnswer: -4.5 },
  /** Chance that an engagement turns into a conversion; engagement so far adds to it. */
  conversion: { base: -2.55, propensityWeight: 0.95, engagementWeight: 0.3, engagementCap: 4 },
  /**
   * Paid response of a channel: leads a day = maximum × hill(spend; half saturation, slope).
   * Half saturation is relative to the channel's share of the daily budget; efficiency scales the maximum.
   */
  spendResponse: {
    Email: { halfSaturation: 0.5, slope: 1.0, efficiency: 1.3 },
    SMS: { halfSaturation: 0.6, slope: 1.1, efficiency: 0.9 },
    Social: { halfSaturation: 1.0, slope: 1.3, efficiency: 1.0 },
    Ads: { halfSaturation: 1.4, slope: 1.5, efficiency: 1.2 },
    Web: { halfSaturation: 0.8, slope: 1.0, efficiency: 1.1 },
    Call: { halfSaturation: 1.2, slope: 1.2, efficiency: 0.7 },
  },
  /** Demand by day of the week, Sunday first (a factor). */
  weekday: [0.55, 1.1, 1.2, 1.2, 1.15, 1.0, 0.6],
  /** Mean value of a conversion in USD, before its kind. */
  conversionValueUsd: {
    '1-10': 280,
    '11-50': 420,
    '51-200': 640,
    '201-1000': 980,
    '1001-5000': 1500,
    '5000+': 2100,
  } satisfies Record<CompanySize, number>,
} as const;

/**
 * Hill saturation: the share of the largest possible response that a spend reaches, 1 / (1 + (k / x)^s).
 * @param spend money per period, >= 0
 */
export function hill(spend: number, halfSaturation: number, slope: number): number {
  if (spend < 0) throw new RangeError(`spend must be >= 0, got ${spend}`);
  return spend === 0 ? 0 : 1 / (1 + (halfSaturation / spend) ** slope);
}

export interface LeadAttributes {
  readonly persona: Persona;
  readonly company_size: CompanySize;
  readonly industry: Industry;
  readonly source: Source;
}

/** The part of a lead's propensity, in log-odds, that the lead's attributes explain. */
export function explainedPropensity({ persona, company_size, industry, source }: LeadAttributes): number {
  const { propensity } = TRUTH;
  const decidesAlone = persona === 'Founder' && (company_size === '1-10' || company_size === '11-50');
  return (
    propensity.intercept +
    propensity.persona[persona] +
    propensity.companySize[company_size] +
    propensity.industry[industry] +
    propensity.source[source] +
    (decidesAlone ? propensity.founderOfSmallFirm : 0)
  );
}

/** The channels whose ground truth is stated here: the generated history knows no others. */
export type GeneratedChannel = keyof typeof TRUTH.response.base & keyof typeof TRUTH.spendResponse & Channel;
export const GENERATED_CHANNELS = CHANNELS.filter((each): each is GeneratedChannel =>
  Object.hasOwn(TRUTH.response.base, each),
);
