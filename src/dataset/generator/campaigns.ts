import type { Random } from '../../config/index.js';
import { CALLS_TO_ACTION, OBJECTIVES, PERSONAS, SUBJECT_LINES, TONES, type Persona, type Tone } from '../vocabulary.js';
import { DAY_MS, isoTime, midnight, type Period } from './calendar.js';
import { clamp, normal, pick, round, sample } from './sampling.js';
import { GENERATED_CHANNELS, type GeneratedChannel, hill, TRUTH } from './truth.js';
import { KPIS, type Region, REGIONS } from '../../vocabulary/index.js';

/** The channels on which an agent reaches out by itself; on the others it can only be seen. */
export const OUTBOUND_CHANNELS: readonly GeneratedChannel[] = ['Email', 'SMS', 'Call'];

/** Mean paid cost of a lead: budgets are sized from it, so that the economics do not depend on the number of leads. */
const MEAN_COST_PER_LEAD_USD = 40;

const NAME_WORDS = [
  'Ember',
  'Bridge',
  'Orbit',
  'Beta',
  'Pilot',
  'Synergy',
  'Velocity',
  'Quantum',
  'Nova',
  'Fusion',
  'Apollo',
  'Growth',
  'Echo',
  'Merit',
  'Lumen',
  'Spark',
];
const NAME_ENDINGS = ['Wave', 'Ramp', 'Series', 'Blast', 'Pilot'];
const CREATIVE_TYPES: Record<GeneratedChannel, string> = {
  Email: 'SubjectLine',
  SMS: 'SMSCopy',
  Social: 'AdCopy',
  Ads: 'AdCopy',
  Web: 'LandingPage',
  Call: 'AdCopy',
};

export interface VariantPlan {
  readonly variant_id: string;
  readonly campaign_id: string;
  readonly channel: GeneratedChannel;
  readonly creative_type: string;
  readonly subject_line: string;
  readonly call_to_action: string;
  readonly tone: Tone;
  readonly length_words: number;
  /** Log-odds that the variant adds to a response, for everybody. */
  readonly effect: number;
}

/** Leads a day = maximum × hill(spend; half saturation, slope), before the weekday factor. */
export interface ChannelResponse {
  readonly channel: GeneratedChannel;
  /** Share of the campaign's daily cost that goes to the channel. */
  readonly share: number;
  maximumLeadsPerDay: number;
  readonly halfSaturationUsd: number;
  readonly slope: number;
}

export interface CampaignDay {
  readonly start: number;
  readonly costUsd: number;
  /** Before scaling to the wanted number of leads; by channel, in the order of `responses`. */
  readonly channelLeads: number[];
  leadsCreated: number;
  conversions: number;
  revenueUsd: number;
}

export interface CampaignPlan {
  readonly campaign_id: string;
  readonly name: string;
  readonly objective: string;
  readonly start_date: string;
  readonly end_date: string;
  readonly channel_mix: GeneratedChannel[];
  readonly daily_budget_usd: number;
  readonly total_budget_usd: number;
  readonly owner_email: string;
  readonly primary_region: Region;
  readonly target_personas: Persona[];
  readonly kpi: string;
  readonly baseCtr: number;
  readonly variants: VariantPlan[];
  readonly responses: ChannelResponse[];
  /** By the day's first millisecond. */
  readonly days: Map<number, CampaignDay>;
}

export function numberOfCampaigns(leads: number): number {
  return clamp(Math.round(6 + leads / 210), 4, 40);
}

/**
 * Plans campaigns with their budgets, creatives, daily spend and the response to it, scaled so that `leads` are
 * expected in all.
 */
export function planCampaigns(random: Random, leads: number, period: Period): CampaignPlan[] {
  const count = numberOfCampaigns(leads);
  const spans = Array.from({ length: count }, (_, index) => planSpan(random, index, period));
  const weights = spans.map(() => Math.exp(0.5 * normal(random)));
  const weightedDays = spans.reduce((sum, { activeDays }, index) => sum + weights[index] * activeDays, 0);
  const budgetUnit = (Math.max(leads, 1) * MEAN_COST_PER_LEAD_USD) / weightedDays;
  let variantNumber = 0;
  const nextVariantId = (): string => `VAR${String(++variantNumber).padStart(5, '0')}`;
  const campaigns = spans.map((span, index) =>
    planCampaign(random, index, span, round(budgetUnit * weights[index], 2), period, nextVariantId),
  );
  scaleToLeads(campaigns, leads);
  return campaigns;
}

interface Span {
  readonly start: number;
  readonly end: number;
  /** Days inside the period. */
  readonly activeDays: number;
}

/** Every third campaign is still running at the end of the period; the first of them runs all through it. */
function planSpan(random: Random, index: number, period: Period): Span {
  const duration = Math.min(period.days, 20 + random.integer(70));
  const isRunning = index % 3 === 0;
  const firstDay = index === 0 ? 0 : isRunning ? period.days - duration : random.integer(period.days - duration + 1);
  const lastDay = isRunning ? period.days + 5 + random.integer(35) : firstDay + duration - 1;
  return {
    start: period.start + firstDay * DAY_MS,
    end: period.start + lastDay * DAY_MS,
    activeDays: Math.min(period.days, lastDay + 1) - firstDay,
  };
}

function planCampaign(
  random: Random,
  index: number,
  span: Span,
  dailyBudget: number,
  period: Period,
  nextVariantId: () => string,
): CampaignPlan {
  const campaign_id = `CMP${String(index + 1).padStart(4, '0')}`;
  const channel_mix = planChannels(random);
  const responses = planResponses(random, channel_mix, dailyBudget);
  return {
    campaign_id,
    name: `${pick(random, NAME_WORDS)} ${pick(random, NAME_WORDS)} ${pick(random, NAME_ENDINGS)}`,
    objective: pick(random, OBJECTIVES),
    start_date: isoTime(span.start),
    end_date: isoTime(span.end + DAY_MS - 1000),
    channel_mix,
    daily_budget_usd: dailyBudget,
    total_budget_usd: round(dailyBudget * (Math.round((span.end - span.start) / DAY_MS) + 1), 2),
    owner_email: `mgr_${String(1 + random.integer(12)).padStart(2, '0')}@purplemerit.example`,
    primary_region: pick(random, REGIONS),
    target_personas: sample(random, PERSONAS, 1 + random.integer(3)),
    kpi: pick(random, KPIS),
    baseCtr: 0.014 + 0.03 * random.next(),
    variants: planVariants(random, campaign_id, channel_mix, nextVariantId),
    responses,
    days: planDays(random, span, dailyBudget, responses, period),
  };
}

function planChannels(random: Random): GeneratedChannel[] {
  const outbound = random.next() < 0.7 ? 'Email' : pick(random, OUTBOUND_CHANNELS);
  const others = GENERATED_CHANNELS.filter((channel) => channel !== outbound);
  return [outbound, ...sample(random, others, 1 + random.integer(3))];
}

function planVariants(
  random: Random,
  campaign_id: string,
  channels: readonly GeneratedChannel[],
  nextVariantId: () => string,
): VariantPlan[] {
  return channels.flatMap((channel) => {
    const tones = sample(random, TONES, OUTBOUND_CHANNELS.includes(channel) ? 2 : 1);
    return tones.map((tone) => ({
      variant_id: nextVariantId(),
      campaign_id,
      channel,
      creative_type: CREATIVE_TYPES[channel],
      subject_line: pick(random, SUBJECT_LINES),
      call_to_action: pick(random, CALLS_TO_ACTION),
      tone,
      length_words: 5 + random.integer(21),
      effect: round(TRUTH.response.variantSpread * normal(random), 4),
    }));
  });
}

function planResponses(random: Random, channels: readonly GeneratedChannel[], dailyBudget: number): ChannelResponse[] {
  const weights = channels.map(() => 0.5 + random.next());
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const appeal = Math.exp(0.35 * normal(random));
  return channels.map((channel, index) => {
    const share = round(weights[index] / total, 4);
    const { halfSaturation, slope, efficiency } = TRUTH.spendResponse[channel];
    return {
      channel,
      share,
      maximumLeadsPerDay: appeal * efficiency * share * dailyBudget,
      halfSaturationUsd: round(halfSaturation * share * dailyBudget, 4),
      slope,
    };
  });
}

/**
 * Spend comes in flights of about a week between a quarter and one and a half of the daily budget, so that its effect
 * can be learned.
 */
function planDays(
  random: Random,
  span: Span,
  dailyBudget: number,
  responses: readonly ChannelResponse[],
  period: Period,
): Map<number, CampaignDay> {
  const days = new Map<number, CampaignDay>();
  let level = 1;
  for (let start = span.start, age = 0; start < Math.min(span.end + DAY_MS, period.end); start += DAY_MS, age++) {
    if (age % 7 === 0) level = 0.25 + 1.25 * random.next();
    const costUsd = round(dailyBudget * level * (0.9 + 0.2 * random.next()), 2);
    const demand = TRUTH.weekday[new Date(start).getUTCDay()];
    const channelLeads = responses.map(
      ({ share, maximumLeadsPerDay, halfSaturationUsd, slope }) =>
        demand * maximumLeadsPerDay * hill(share * costUsd, halfSaturationUsd, slope),
    );
    days.set(midnight(start), { start, costUsd, channelLeads, leadsCreated: 0, conversions: 0, revenueUsd: 0 });
  }
  return days;
}

function scaleToLeads(campaigns: readonly CampaignPlan[], leads: number): void {
  let expected = 0;
  for (const { days } of campaigns)
    for (const { channelLeads } of days.values()) for (const value of channelLeads) expected += value;
  const scale = leads / expected;
  for (const { days, responses } of campaigns) {
    for (const response of responses) response.maximumLeadsPerDay = round(response.maximumLeadsPerDay * scale, 6);
    for (const { channelLeads } of days.values())
      channelLeads.forEach((value, index) => (channelLeads[index] = value * scale));
  }
}
