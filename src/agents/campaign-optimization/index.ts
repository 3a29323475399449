export {
  CampaignOptimizationAgent,
  type OptimizationDecision,
  type OptimizationOptions,
} from './campaign-optimization.agent.js';
export { CampaignOptimizationModule } from './campaign-optimization.module.js';
export { TRIGGERS, type Trigger, type TriggerFinding } from './find-triggers.js';
export type { PerformanceMetrics, RatioMetric } from './measure-campaign.js';
export {
  MIN_DATA_POINTS,
  optimizationPolicy,
  optimizationPolicyWithoutMemory,
  optimizeCampaign,
  type OptimizationInputs,
  type OptimizationOutcome,
} from './optimize-campaign.js';
export {
  DEFAULT_CONSTRAINTS,
  RECOMMENDATION_TYPES,
  type CampaignChange,
  type OptimizationConstraints,
  type Recommendation,
  type RecommendationType,
} from './recommendation.js';
export { CAMPAIGN_SCENARIO } from './recall-changes.js';
