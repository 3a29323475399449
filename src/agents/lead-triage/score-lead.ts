import type { InteractionHistory } from '../../vocabulary/index.js';
import type { TriageFacts } from '../core/index.js';
import { overallRate, shrunkRate, type ModelOpinion } from './lead-model.js';
import type { IntentReading } from './intent-signals.js';

export type FactorName =
  | 'company_size'
  | 'industry'
  | 'source_quality'
  | 'campaign_fit'
  | 'engagement_history'
  | 'intent'
  | 'model_probability';

export interface Factor {
  readonly name: FactorName;
  /** 0 (speaks against) to 1 (speaks for); null if it is not known. */
  readonly value: number | null;
  readonly weight: number;
  /** Points that it adds to the score; the contributions add up to the score. */
  readonly contribution: number;
}

export interface LeadScore {
  readonly score: number;
  readonly factors: readonly Factor[];
  readonly knownShare: number;
}

/** Share of each factor in the score, in points of 100. Unknown factors leave their share to the known ones. */
export const FACTOR_WEIGHTS: Readonly<Record<FactorName, number>> = {
  company_size: 15,
  industry: 5,
  source_quality: 15,
  campaign_fit: 10,
  engagement_history: 25,
  intent: 20,
  model_probability: 10,
};
const TOTAL_WEIGHT = 100;

const SIZE_VALUE: Readonly<Record<string, number>> = {
  '1-10': 0.25,
  '11-50': 0.4,
  '51-200': 0.55,
  '201-1000': 0.7,
  '1001-5000': 0.85,
  '5000+': 1,
};

/** How warm leads of a source usually are, before the project's own history corrects it. */
const SOURCE_VALUE: Readonly<Record<string, number>> = {
  Referral: 0.85,
  Partner: 0.75,
  Event: 0.65,
  Website: 0.6,
  LinkedIn: 0.55,
  'Google Ads': 0.5,
  Outbound: 0.3,
};

const DAY_MS = 86_400_000;
const FRESHNESS_HALF_LIFE_DAYS = 30;

/**
 * Lead score: 100 · Σ wᵢ·vᵢ / Σ wᵢ over the known factors.
 * @returns the score, 0 to 100 with one decimal, and each factor's part in it; 0 if nothing at all is known.
 *   `knownShare` is the share of the weights, 0 to 1, that stands behind it.
 */
export function scoreLead(facts: TriageFacts, intent: IntentReading, opinion: ModelOpinion | null): LeadScore {
  const values: Record<FactorName, number | null> = {
    company_size: known(SIZE_VALUE, facts.lead.company_size),
    industry: lift(facts, 'industry'),
    source_quality: sourceQuality(facts),
    campaign_fit: campaignFit(facts),
    engagement_history: engagement(facts),
    intent: intent.signals.length === 0 ? null : Math.min(...intent.signals.map((signal) => signal.buying)),
    model_probability: opinion && modelValue(facts, opinion),
  };
  const names = Object.keys(FACTOR_WEIGHTS) as FactorName[];
  let knownWeight = 0;
  for (const name of names) if (values[name] !== null) knownWeight += FACTOR_WEIGHTS[name];
  let score = 0;
  const factors = names.map((name): Factor => {
    const value = values[name];
    const contribution = value === null ? 0 : (TOTAL_WEIGHT * FACTOR_WEIGHTS[name] * value) / knownWeight;
    score += contribution;
    return {
      name,
      value: value === null ? null : round(value, 4),
      weight: FACTOR_WEIGHTS[name],
      contribution: round(contribution, 2),
    };
  });
  return { score: round(score, 1), factors, knownShare: knownWeight / TOTAL_WEIGHT };
}

/** Days without any sign of life. */
export function silentDays({ as_of, observed_until, lead, history }: TriageFacts): number {
  const end = observed_until == null ? Date.parse(as_of) : Math.min(Date.parse(as_of), Date.parse(observed_until));
  const lastSign = Math.max(
    Date.parse(history.last_engaged_at ?? lead.created_at),
    Date.parse(lead.last_active_at ?? lead.created_at),
  );
  return Math.max(0, (end - lastSign) / DAY_MS);
}

/** Share of good outcomes among all that said something, with one of each added (Laplace): 0.5 if there was none. */
export function sentiment({ positive, callbacks, negative, unsubscribes }: InteractionHistory): number {
  return (positive + callbacks + 1) / (positive + callbacks + negative + unsubscribes + 2);
}

/**
 * 0.35·activity + 0.45·sentiment + 0.2·freshness; null for a lead without interactions.
 * Activity saturates: 1 − exp(−(0.2·opens + 0.5·clicks + 0.4·visits + 0.8·replies) / 2); freshness halves every 30
 * silent days.
 */
function engagement(facts: TriageFacts): number | null {
  const { history } = facts;
  if (history.total === 0) return null;
  const signs = 0.2 * history.opens + 0.5 * history.clicks + 0.4 * history.site_visits + 0.8 * history.replies;
  const freshness = 0.5 ** (silentDays(facts) / FRESHNESS_HALF_LIFE_DAYS);
  return 0.35 * (1 - Math.exp(-signs / 2)) + 0.45 * sentiment(history) + 0.2 * freshness;
}

function campaignFit({ lead, campaign }: TriageFacts): number | null {
  if (!campaign) return null;
  const personaFits = lead.persona !== null && campaign.target_personas.includes(lead.persona);
  const regionFits = lead.region !== null && lead.region === campaign.primary_region;
  return (personaFits ? 0.65 : 0.1) + (regionFits ? 0.35 : 0.15);
}

function sourceQuality(facts: TriageFacts): number | null {
  const usual = known(SOURCE_VALUE, facts.lead.source);
  const observed = lift(facts, 'source');
  if (usual === null || observed === null) return usual ?? observed;
  return Math.min(1, usual * 2 * observed);
}

/** The group's shrunk conversion rate against the overall rate, r / (r + overall): 0.5 where they are equal. */
function lift({ base_rates: rates }: TriageFacts, group: 'source' | 'industry'): number | null {
  const overall = rates && overallRate(rates);
  const counts = rates?.[group];
  if (!overall || !counts) return null;
  const rate = shrunkRate(counts, overall);
  return rate / (rate + overall);
}

function modelValue({ base_rates: rates }: TriageFacts, { probability }: ModelOpinion): number {
  const overall = rates ? overallRate(rates) : undefined;
  return overall ? probability / (probability + overall) : probability;
}

function known(table: Readonly<Record<string, number>>, key: string | null): number | null {
  return (key !== null && Object.hasOwn(table, key) && table[key]) || null;
}

function round(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}
