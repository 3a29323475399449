import { LANDING_RATE, DAILY_CTR_WEAR } from './campaign-days.js';
import type { CampaignPlan, ChannelResponse } from './campaigns.js';
import { STEP_EFFECTS } from './knowledge.js';
import type { LeadPlan } from './leads.js';
import { TRUTH } from './truth.js';

export interface GroundTruthFile {
  seed: number;
  /** Log-odds unless said otherwise; see `TRUTH`. */
  coefficients: typeof TRUTH & { landingRate: number; dailyCtrWear: number; episodeStepEffects: typeof STEP_EFFECTS };
  campaigns: Record<string, { base_ctr: number; channels: ChannelResponse[] }>;
  /** What each variant adds to a response, in log-odds, before the effect of its tone on a persona. */
  variant_effects: Record<string, number>;
  /** Probability of being ready to buy, by lead. */
  lead_propensity: Record<string, number>;
}

/** Collects what is true of the generated world, for those who want to judge an analysis of it. */
export class GroundTruth {
  private readonly propensities: string[] = [];

  constructor(
    private readonly seed: number,
    private readonly campaigns: readonly CampaignPlan[],
  ) {}

  addLead({ lead_id, propensity }: LeadPlan): void {
    this.propensities.push(`"${lead_id}":${propensity}`);
  }

  /** A `GroundTruthFile`. */
  toJson(): string {
    const known: Omit<GroundTruthFile, 'lead_propensity'> = {
      seed: this.seed,
      coefficients: {
        ...TRUTH,
        landingRate: LANDING_RATE,
        dailyCtrWear: DAILY_CTR_WEAR,
        episodeStepEffects: STEP_EFFECTS,
      },
      campaigns: Object.fromEntries(
        this.campaigns.map(({ campaign_id, baseCtr, responses }) => [
          campaign_id,
          { base_ctr: baseCtr, channels: responses },
        ]),
      ),
      variant_effects: Object.fromEntries(
        this.campaigns.flatMap(({ variants }) => variants.map(({ variant_id, effect }) => [variant_id, effect])),
      ),
    };
    return `${JSON.stringify(known, null, 2).slice(0, -2)},\n  "lead_propensity": {\n    ${this.propensities.join(',\n    ')}\n  }\n}\n`;
  }
}
