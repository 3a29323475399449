import type { BaseRates, ConversionCount, TriageFacts } from '../core/index.js';

/**
 * What a model thinks of a lead. It becomes part of the decision's inputs, so a replay does not ask the model again.
 */
export interface ModelOpinion {
  /** Probability that the lead converts, 0 to 1. */
  readonly probability: number;
  readonly model: string;
  readonly version: string;
}

/**
 * The place where learned models plug in. `predict` must be quick and free of side effects; null means "no opinion".
 */
export abstract class LeadModel {
  abstract predict(facts: TriageFacts): ModelOpinion | null;
}

/** Pseudo-leads with the overall rate that are mixed into each group, so that small groups stay near it. */
const SHRINKAGE_LEADS = 100;

/**
 * The model by rule: naive Bayes over the project's own conversion rates,
 * logit(p) = logit(overall) + Σ over source, industry, company size of [logit(shrunk rate of the group) −
 * logit(overall)], with shrunk rate = (converted + 100·overall) / (leads + 100). Where groups do not differ it
 * returns the overall rate.
 */
export class BaseRateModel extends LeadModel {
  predict({ base_rates: rates }: TriageFacts): ModelOpinion | null {
    const overall = rates && overallRate(rates);
    if (!overall) return null;
    const base = logit(overall);
    let sum = base;
    for (const group of [rates.source, rates.industry, rates.company_size]) {
      if (group) sum += logit(shrunkRate(group, overall)) - base;
    }
    return { probability: 1 / (1 + Math.exp(-sum)), model: 'base_rates', version: '1' };
  }
}

/** Conversion rate over all leads with one half-success added, so that it is never 0 or 1; undefined without leads. */
export function overallRate({ overall }: BaseRates): number | undefined {
  return overall.leads > 0 ? (overall.converted + 0.5) / (overall.leads + 1) : undefined;
}

/** A group's rate, pulled towards the overall rate as if it had `SHRINKAGE_LEADS` more leads with that rate. */
export function shrunkRate(group: ConversionCount, overall: number): number {
  return (group.converted + SHRINKAGE_LEADS * overall) / (group.leads + SHRINKAGE_LEADS);
}

function logit(probability: number): number {
  return Math.log(probability / (1 - probability));
}
