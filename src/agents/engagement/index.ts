export { checkWords, type Words, type WordsProblem } from './check-words.js';
export type { EngagementMode, StrategyName } from './choose-strategy.js';
export { nextContactTime, type ContactTime } from './choose-time.js';
export { EngagementAgent, type EngagementDecision, type EngagementOptions } from './engagement.agent.js';
export { EngagementModule } from './engagement.module.js';
export {
  MAX_RETRIES,
  RESPONSE_TIMEOUT_SECONDS,
  type EngagementInputs,
  type EngagementOutcome,
  type NoOutreachRule,
  type PlannedMessage,
} from './engagement-outcome.js';
export { engagementPolicy } from './plan-engagement.js';
export type { FollowUp } from './plan-follow-ups.js';
export type { Question } from './heard.js';
export { questionsIn, readAnswers } from './read-answers.js';
export { audienceStep, scenarioOf, stepsOfMessage, type Scenario } from './similar-episodes.js';
export { engagementPolicyOfFacts, engagementPolicyWithoutFacts } from './v1/plan-engagement.js';
export { WordsModel, type DraftedWords, type WordsBrief } from './write-words.js';
