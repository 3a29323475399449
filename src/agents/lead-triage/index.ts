export { draftReply, type DraftReply } from './draft-reply.js';
export { inWords } from './in-words.js';
export { BaseRateModel, LeadModel, type ModelOpinion } from './lead-model.js';
export { LeadTriageAgent, type TriageDecision, type TriageOptions } from './lead-triage.agent.js';
export { LeadTriageModule } from './lead-triage.module.js';
export type { Factor, FactorName } from './score-lead.js';
export { triageLead, triagePolicy } from './triage-lead.js';
export {
  DEFAULT_CONFIDENCE_THRESHOLD,
  type RecommendedAction,
  type TriageInputs,
  type TriageOutcome,
  type TriageRoute,
} from './triage-outcome.js';
export { triagePolicyOfMemory, triagePolicyWithoutMemory } from './v1/triage-lead.js';
