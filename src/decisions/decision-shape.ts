/**
 * The shape of what the ledger records. It is the one that the agents' decisions have, stated here once more because
 * the ledger serves them and does not know them.
 */

/** A fact that was read from memory or the CRM, and when it was valid. */
export interface FactUsed {
  readonly id: string;
  readonly valid_at: string;
  readonly source: string;
}

/** A choice that was weighed; a higher score is better. */
export interface Alternative {
  readonly choice: string;
  readonly score: number;
  readonly [detail: string]: string | number | boolean | null;
}

export interface ExpectedEffect {
  readonly metric: string;
  readonly estimate: number;
  readonly interval: readonly [number, number] | null;
}

/** What a policy answers. Plain JSON throughout. */
export interface PolicyAnswer {
  readonly outcome: unknown;
  readonly choice: string;
  /** From 0 to 1. */
  readonly confidence: number;
  readonly alternatives: readonly Alternative[];
  readonly reasons: readonly string[];
  readonly expected_effect: ExpectedEffect | null;
}

/** A decision as an agent hands it over. */
export interface MadeDecision extends PolicyAnswer {
  readonly agent_id: string;
  readonly agent_type: string;
  readonly kind: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly policy: { readonly name: string; readonly version: string };
  readonly seed: string;
  readonly inputs: unknown;
  readonly facts: readonly FactUsed[];
}

/**
 * An action that takes a decision back, as data: `type` finds the handler of the module that owns the rows, the other
 * fields are its parameters.
 */
export interface Inverse {
  readonly type: string;
  /**
   * The state that the undo must find, field by field; where it differs, the world has moved on and the undo is
   * refused.
   */
  readonly expects: Readonly<Record<string, unknown>>;
  readonly [parameter: string]: unknown;
}
