import type { Policy, PolicyResult } from './agent-decision.js';
import { type JsonDifference, jsonDifferences } from './json-differences.js';

export interface ReplayOutcome {
  /** Whether every part of the answer is the recorded one, to the last bit. */
  isIdentical: boolean;
  /** Whether the choice is another one. */
  isFlip: boolean;
  /** Null when the policy could not decide on these inputs. */
  choice: string | null;
  confidence: number | null;
  differences: JsonDifference[];
  /** Why the policy could not decide, as another version may want other inputs. */
  failure: string | null;
}

type Recorded = PolicyResult & { readonly inputs: unknown; readonly seed: string };

/** Runs a policy on what a decision was made on, and holds its answer against the recorded one. */
export function replay(recorded: Recorded, policy: Policy): ReplayOutcome {
  let answer: PolicyResult;
  try {
    // a policy that changes its inputs must not change the record; the answer is compared in the form in which it is
    // kept
    answer = throughJson(policy.decide(throughJson(recorded.inputs), recorded.seed));
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { isIdentical: false, isFlip: false, choice: null, confidence: null, differences: [], failure };
  }
  const differences = jsonDifferences(answerOf(recorded), answerOf(answer));
  return {
    isIdentical: differences.length === 0,
    isFlip: answer.choice !== recorded.choice,
    choice: answer.choice,
    confidence: answer.confidence,
    differences,
    failure: null,
  };
}

function answerOf({ choice, confidence, outcome, alternatives, reasons, expected_effect }: PolicyResult): PolicyResult {
  return { choice, confidence, outcome, alternatives, reasons, expected_effect };
}

function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
