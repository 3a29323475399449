export { AGENT_TYPES, agentId, parseAgentName, type AgentName, type AgentType } from './agent-name.js';
export {
  ESCALATION_REASONS,
  makeDecision,
  type AgentDecision,
  type Alternative,
  type DecisionKind,
  type EscalationReason,
  type EscalationWish,
  type ExpectedEffect,
  type FactUsed,
  type Policy,
  type PolicyResult,
} from './decision.js';
export type {
  BaseRates,
  CampaignDay,
  CampaignTotals,
  ConversionCount,
  EngagementFacts,
  EpisodeFacts,
  InteractionHistory,
  KnownFact,
  LeadChannelFacts,
  LeadFacts,
  OptimizationFacts,
  ShortTermFacts,
  TriageFacts,
  Trials,
  TripleFacts,
  VariantFacts,
} from './facts.js';
export { stepLifts } from './step-lifts.js';
