export { type Ask, HOT_ASKS, hotAsks, type HotAsk, readAsks, wantsSupport } from './asks.js';
export type { EscalationWish } from './escalation-wish.js';
export type {
  BaseRates,
  CampaignDay,
  UndoneChangeFacts,
  CampaignTotals,
  ChannelFacts,
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
export { stepEvidence, type StepEvidence } from './step-evidence.js';
export { stepLifts } from './step-lifts.js';
