export type { Approval } from './approvals/approval.entity.js';
export {
  type EffectContext,
  type EffectHandler,
  type EffectOutcome,
  EffectRegistry,
} from './approvals/effect-registry.js';
export type { CaseAnswer, CaseDescription, FormField } from './escalations/answers.js';
export type { Escalation, ResolutionDetail } from './escalations/escalation.entity.js';
export {
  type ResolutionContext,
  type ResolutionHandler,
  ResolutionRegistry,
} from './escalations/resolution-registry.js';
export { CASE_CLAIMED, type CaseClaimed } from './happenings.js';
export { InboxSweep, type SweepResult } from './inbox-sweep.js';
export { CasesOfDecisions } from './escalations/cases-of-decisions.js';
export { InboxModule } from './inbox.module.js';
export {
  type ApprovalItem,
  type ApprovalRequested,
  type BlockingCase,
  type EscalationItem,
  type EscalationRaised,
  Inbox,
} from './inbox.js';
export {
  APPROVAL_REQUESTED,
  APPROVAL_STATUSES,
  type ApprovalStatus,
  ESCALATION_RAISED,
  ESCALATION_STATUSES,
  type EscalationStatus,
  RESOLUTIONS,
  type Resolution,
} from './vocabulary.js';
