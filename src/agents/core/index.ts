export type { EscalationWish } from './escalation-wish.js';
export type {
  BaseRates,
  CampaignDay,
  CampaignTotals,
  ConversionCount,
  EngagementFacts,
  EpisodeFacts,
  KnownFact,
  LeadFacts,
  OptimizationFacts,
  ShortTermFacts,
  TriageFacts,
  TripleFacts,
  VariantFacts,
} from './facts.js';
export { stepLifts } from './step-lifts.js';
