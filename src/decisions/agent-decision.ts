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

/** What a policy returns, plain JSON throughout; `outcome` is the part that the agent's caller acts on. */
export interface PolicyResult<Outcome = unknown> {
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
export interface Policy<Inputs = unknown, Outcome = unknown> {
  readonly name: string;
  readonly version: string;
  // method syntax, so that a policy may name the type of its inputs
  decide(inputs: Inputs, seed: string): PolicyResult<Outcome>;
}

/** A list in `inputs.facts` of which each element is a fact that was read. */
export interface FactList {
  readonly field: string;
  /** The elements' fields that hold the id and, if one does, since when the fact was valid. */
  readonly id: string;
  readonly valid_at?: string;
  readonly source: string;
}

/** One decision of one agent, as it goes into the ledger. Plain JSON throughout. */
export interface AgentDecision<Inputs = unknown, Outcome = unknown> extends PolicyResult<Outcome> {
  readonly agent_id: string;
  readonly agent_type: string;
  readonly kind: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly policy: { readonly name: string; readonly version: string };
  readonly seed: string;
  readonly inputs: Inputs;
  /** The facts that were read one by one; those of lists are named by `fact_lists`. */
  readonly facts: readonly FactUsed[];
  readonly fact_lists?: readonly FactList[];
  /**
   * Fields of `inputs.facts` that many decisions have in common, so that the ledger keeps them once. None of them may
   * tell about a person: they outlive the decision.
   */
  readonly shared?: readonly string[];
}

/** Every fact that a decision was made on: the single ones, then those of the lists, valid then or since then. */
export function factsUsed({
  inputs,
  facts,
  fact_lists = [],
}: Pick<AgentDecision, 'inputs' | 'facts' | 'fact_lists'>): FactUsed[] {
  const given = (inputs as { facts?: Readonly<Record<string, unknown>> } | null)?.facts ?? {};
  const moment = facts[0]?.valid_at ?? '';
  const used = [...facts];
  for (const { field, id, valid_at, source } of fact_lists) {
    for (const each of (given[field] ?? []) as Record<string, string | null>[])
      used.push({ id: each[id]!, valid_at: (valid_at === undefined ? null : each[valid_at]) ?? moment, source });
  }
  return used;
}

/** Runs a policy and binds the result to everything that is needed to explain and replay it. */
export function makeDecision<Inputs, Outcome>(
  policy: Policy<Inputs, Outcome>,
  about: Omit<AgentDecision<Inputs>, 'policy' | keyof PolicyResult>,
): AgentDecision<Inputs, Outcome> {
  return {
    ...about,
    policy: { name: policy.name, version: policy.version },
    ...policy.decide(about.inputs, about.seed),
  };
}
