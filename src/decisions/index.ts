export { canonicalJson, hashJson } from './canonical-json.js';
export {
  type AgentDecision,
  type Alternative,
  type ExpectedEffect,
  type FactList,
  type FactUsed,
  factsUsed,
  makeDecision,
  type Policy,
  type PolicyResult,
} from './agent-decision.js';
export { DECISION_STATUSES, type Decision, type DecisionStatus } from './decision.entity.js';
export { DecisionsModule } from './decisions.module.js';
export {
  type ConsequenceHandler,
  type DecisionTaken,
  type InverseHandler,
  InverseRegistry,
  type UndoContext,
  type UndoState,
} from './inverse-registry.js';
export { followedBy, type Inverse, stepsOf } from './inverse.js';
export { describeDifference, type JsonDifference, jsonDifferences } from './json-differences.js';
export { type DecisionTally, Ledger, type LedgerEntry } from './ledger.js';
export { PolicyRegistry } from './policy-registry.js';
export { whatMoved } from './undoing.js';
