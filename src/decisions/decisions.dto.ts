import {
  Choice,
  Flag,
  ID_PREFIX,
  Instant,
  IntNum,
  JsonObject,
  JsonValue,
  ListOf,
  ListRequest,
  Nested,
  Num,
  Str,
} from '../operations/index.js';
import { DECISION_STATUSES, type Decision, type DecisionStatus } from './decision.entity.js';
import { explainDecision } from './explain-decision.js';

const LONG_TEXT = 100_000;

export class DecisionIdRequest {
  @Str({ min: 1, max: 100 }) decision_id!: string;
}

export class ListDecisionsRequest extends ListRequest {
  @Str(ID_PREFIX) id_prefix?: string;
  @Str({ optional: true, max: 64, example: 'LeadTriage' }) agent_type?: string;
  @Str({ optional: true, max: 64, example: 'lead.triage' }) kind?: string;
  @Str({ optional: true, max: 64, example: 'lead' }) subject_type?: string;
  @Str({ optional: true, max: 100 }) subject_id?: string;
  @Choice(DECISION_STATUSES, { optional: true }) status?: DecisionStatus;
  @Str({ optional: true, max: 100, description: 'Name of the policy' }) policy?: string;
  @Str({ optional: true, max: 64 }) policy_version?: string;
}

export class UndoDecisionRequest extends DecisionIdRequest {
  @Str({ min: 1, max: 1000, description: 'Why, for the record' }) reason!: string;
}

export class ReplayDecisionRequest extends DecisionIdRequest {
  @Str({
    optional: true,
    min: 1,
    max: 64,
    description: 'Another version of the policy; the recorded one when left out',
  })
  policy_version?: string;
}

export class ReplayDecisionsRequest {
  @Str({ optional: true, max: 64, example: 'lead.triage' }) kind?: string;
  @Instant({ optional: true, description: 'Only decisions made from this time on' }) since?: string;
  @Str({
    optional: true,
    min: 1,
    max: 64,
    description: 'Another version of the policy; the recorded one when left out',
  })
  policy_version?: string;
  @IntNum({ optional: true, min: 1, max: 5_000, default: 500, description: 'How many at most, the newest first' })
  limit?: number;
}

export class DecisionSummary {
  @Str() decision_id!: string;
  @Str() agent_id!: string;
  @Str() agent_type!: string;
  @Str() kind!: string;
  @Str() subject_type!: string;
  @Str() subject_id!: string;
  @Str() policy_name!: string;
  @Str() policy_version!: string;
  @Str({ max: LONG_TEXT }) choice!: string;
  @Num({ min: 0, max: 1 }) confidence!: number;
  @Choice(DECISION_STATUSES) status!: DecisionStatus;
  @Str() mode!: string;
  @Flag({ description: 'Whether it can be taken back now, with what followed from it' }) is_reversible!: boolean;
  @Str({ nullable: true }) correlation_id!: string | null;
  @Instant() created_at!: string;
  @Instant({ nullable: true }) measured_at!: string | null;
  @Instant({ nullable: true }) undone_at!: string | null;
  @Str({ nullable: true }) undone_by!: string | null;
  @Str({ nullable: true }) undo_reason!: string | null;
}

export class FactResponse {
  @Str() id!: string;
  @Str() valid_at!: string;
  @Str() source!: string;
}

export class DecisionResponse extends DecisionSummary {
  @ListOf('string', { max: LONG_TEXT, description: 'The decision told in sentences' }) explanation!: string[];
  @Str() seed!: string;
  @JsonValue({ description: 'What the policy decided on, as it stood then' }) inputs!: unknown;
  @Nested(() => FactResponse, { array: true }) facts!: readonly FactResponse[];
  @ListOf('string', { max: LONG_TEXT }) reasons!: readonly string[];
  @JsonValue({ description: 'The choices that were weighed: a list of {choice, score, …}' }) alternatives!: unknown;
  @JsonValue({ description: 'The choice in full, as the policy returned it' }) outcome!: unknown;
  @JsonObject({ nullable: true, description: '{metric, estimate, interval}' }) expected_effect!: object | null;
  @JsonObject({ nullable: true }) measured_outcome!: object | null;
  @JsonObject({ nullable: true, description: 'The action that takes it back' }) inverse!: object | null;
}

export class DecisionPage {
  @Nested(() => DecisionSummary, { array: true }) items!: DecisionSummary[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

export class DifferenceResponse {
  @Str({ max: LONG_TEXT }) path!: string;
  @JsonValue() recorded!: unknown;
  @JsonValue() replayed!: unknown;
}

export class ReplayResponse {
  @Str() decision_id!: string;
  @Str() policy_name!: string;
  @Str() recorded_version!: string;
  @Str() replayed_version!: string;
  @Flag({ description: 'Every part of the answer is the same, to the last bit' }) identical!: boolean;
  @Flag({ description: 'The choice is another one' }) flips!: boolean;
  @Str({ max: LONG_TEXT }) recorded_choice!: string;
  @Str({ max: LONG_TEXT, nullable: true }) replayed_choice!: string | null;
  @Nested(() => DifferenceResponse, { array: true }) differences!: DifferenceResponse[];
  @Str({ max: LONG_TEXT, nullable: true, description: 'Why the policy could not decide on these inputs' }) failure!:
    string | null;
}

export class FlipResponse {
  @Str() decision_id!: string;
  @Str() subject_type!: string;
  @Str() subject_id!: string;
  @Str() policy_name!: string;
  @Str() recorded_version!: string;
  @Str() replayed_version!: string;
  @Str({ max: LONG_TEXT }) recorded_choice!: string;
  @Str({ max: LONG_TEXT, nullable: true }) replayed_choice!: string | null;
}

export class UnknownPolicyResponse {
  @Str() policy_name!: string;
  @Str() policy_version!: string;
  @IntNum({ min: 1 }) decisions!: number;
}

export class ReplayManyResponse {
  @IntNum({ min: 0 }) replayed!: number;
  @IntNum({ min: 0 }) identical!: number;
  @IntNum({ min: 0, description: 'The same choice, but another confidence, reason or detail' }) changed!: number;
  @IntNum({ min: 0, description: 'The policy could not decide on the recorded inputs' }) failed!: number;
  @Nested(() => FlipResponse, { array: true, description: 'Those with another choice' }) flips!: FlipResponse[];
  @Nested(() => UnknownPolicyResponse, {
    array: true,
    description: 'Not replayed: this server does not have the policy',
  })
  unknown_policies!: UnknownPolicyResponse[];
}

export const toDecisionSummary = (decision: Decision, isReversible: boolean): DecisionSummary => ({
  decision_id: decision.decision_id,
  agent_id: decision.agent_id,
  agent_type: decision.agent_type,
  kind: decision.kind,
  subject_type: decision.subject_type,
  subject_id: decision.subject_id,
  policy_name: decision.policy_name,
  policy_version: decision.policy_version,
  choice: decision.choice,
  confidence: decision.confidence,
  status: decision.status,
  mode: decision.mode,
  is_reversible: isReversible,
  correlation_id: decision.correlation_id,
  created_at: decision.created_at,
  measured_at: decision.measured_at,
  undone_at: decision.undone_at,
  undone_by: decision.undone_by,
  undo_reason: decision.undo_reason,
});

export const toDecisionResponse = (decision: Decision, isReversible: boolean): DecisionResponse => ({
  ...toDecisionSummary(decision, isReversible),
  explanation: explainDecision({ ...decision, is_reversible: isReversible }),
  seed: decision.seed,
  inputs: decision.inputs,
  facts: decision.facts.map(({ id, valid_at, source }) => ({ id, valid_at, source })),
  reasons: decision.reasons,
  alternatives: decision.alternatives,
  outcome: decision.outcome,
  expected_effect: decision.expected_effect,
  measured_outcome: decision.measured_outcome,
  inverse: decision.inverse,
});
