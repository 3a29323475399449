export { checkWords, type Words, type WordsProblem } from './check-words.js';
export type { EngagementMode, StrategyName } from './choose-strategy.js';
export { nextContactTime, type ContactTime } from './choose-time.js';
export { EngagementAgent, type EngagementDecision, type EngagementOptions } from './engagement.agent.js';
export { EngagementModule } from './engagement.module.js';
export {
  engagementPolicy,
  engagementPolicyWithoutFacts,
  MAX_RETRIES,
  RESPONSE_TIMEOUT_SECONDS,
  type EngagementInputs,
  type EngagementOutcome,
  type NoOutreachRule,
  type PlannedMessage,
} from './plan-engagement.js';
export type { FollowUp } from './plan-follow-ups.js';
export { audienceStep, scenarioOf, stepsOfMessage, type Scenario } from './similar-episodes.js';
export { WordsModel, type DraftedWords, type WordsBrief } from './write-words.js';
