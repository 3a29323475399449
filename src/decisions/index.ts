export { canonicalJson, hashJson } from './canonical-json.js';
export type { Alternative, ExpectedEffect, FactUsed, Inverse, MadeDecision, PolicyAnswer } from './decision-shape.js';
export { DECISION_STATUSES, Decision, type DecisionStatus } from './decision.entity.js';
export { DecisionsModule } from './decisions.module.js';
export { type InverseHandler, InverseRegistry, type UndoContext } from './inverse-registry.js';
export { followedBy } from './inverse-steps.js';
export { describeDifference, type JsonDifference, jsonDifferences } from './json-differences.js';
export { Ledger, type LedgerEntry } from './ledger.js';
export { PolicyRegistry, type ReplayablePolicy } from './policy-registry.js';
