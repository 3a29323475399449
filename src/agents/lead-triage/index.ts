export type { TriageRoute } from './choose-route.js';
export { BaseRateModel, LeadModel, type ModelOpinion } from './lead-model.js';
export { LeadTriageAgent, type TriageDecision, type TriageOptions } from './lead-triage.agent.js';
export { LeadTriageModule } from './lead-triage.module.js';
export type { RecommendedAction } from './recommend-actions.js';
export type { Factor, FactorName } from './score-lead.js';
export {
  DEFAULT_CONFIDENCE_THRESHOLD,
  triageLead,
  triagePolicy,
  triagePolicyWithoutMemory,
  type TriageInputs,
  type TriageOutcome,
} from './triage-lead.js';
