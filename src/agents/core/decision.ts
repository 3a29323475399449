import type { AgentType, EscalationReason } from '../../vocabulary/index.js';

/** What an agent may decide; each kind is one policy. */
export type DecisionKind = 'lead.triage' | 'lead.engage' | 'campaign.optimize';

export interface EscalationWish {
  readonly reason: EscalationReason;
  readonly summary: string;
  /** True if the flow must wait for the person; false if a person is told while the flow goes on. */
  readonly blocking: boolean;
}

/** A fact that was read from memory or the CRM, so that the ledger can say what was believed at the time. */
export interface FactUsed {
  readonly id: string;
  /** ISO instant at which the fact was valid. */
  readonly valid_at: string;
  /** Resource it came from, such as `db://leads`. */
  readonly source: string;
}

/** A choice that was weighed, with the score it got; higher is better. */
export interface Alternative {
  readonly choice: string;
  readonly score: number;
  readonly [detail: string]: string | number | boolean | null;
}

/** What should follow from a decision, so that the measured outcome can be held against it later. */
export interface ExpectedEffect {
  readonly metric: string;
  readonly estimate: number;
  readonly interval: readonly [number, number] | null;
}

/** What a policy returns; `outcome` is the part that the agent's caller acts on. */
export interface PolicyResult<Outcome> {
  readonly outcome: Outcome;
  readonly choice: string;
  /** From 0 to 1. */
  readonly confidence: number;
  readonly alternatives: readonly Alternative[];
  readonly reasons: readonly string[];
  readonly expected_effect: ExpectedEffect | null;
}

/**
 * A decision rule. `decide` is a pure function: the same inputs and seed give the same result to the last bit, also
 * after the inputs went through JSON, because that is how the ledger replays it. A change of behaviour needs a new
 * version.
 */
export interface Policy<Inputs, Outcome> {
  readonly name: string;
  readonly version: string;
  decide(inputs: Inputs, seed: string): PolicyResult<Outcome>;
}

/** One decision of one agent, as it goes into the ledger. Plain JSON throughout. */
export interface AgentDecision<Inputs = unknown, Outcome = unknown> extends PolicyResult<Outcome> {
  readonly agent_id: string;
  readonly agent_type: AgentType;
  readonly kind: DecisionKind;
  readonly subject: { readonly type: 'lead' | 'campaign'; readonly id: string };
  readonly policy: { readonly name: string; readonly version: string };
  readonly seed: string;
  readonly inputs: Inputs;
  readonly facts: readonly FactUsed[];
}

/** Runs a policy and binds the result to everything that is needed to explain and replay it. */
export function makeDecision<Inputs, Outcome>(
  policy: Policy<Inputs, Outcome>,
  about: Pick<AgentDecision<Inputs>, 'agent_id' | 'agent_type' | 'kind' | 'subject' | 'seed' | 'inputs' | 'facts'>,
): AgentDecision<Inputs, Outcome> {
  return {
    ...about,
    policy: { name: policy.name, version: policy.version },
    ...policy.decide(about.inputs, about.seed),
  };
}
