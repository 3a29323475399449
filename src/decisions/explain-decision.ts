import type { Alternative } from './agent-decision.js';
import type { Decision } from './decision.entity.js';
import { type Inverse, stepsOf } from './inverse.js';

const FACTS_NAMED = 5;

/**
 * A decision told in sentences: what, by which policy, on what facts, why, what else, how sure, what is expected, can
 * it be undone.
 */
export function explainDecision(decision: Decision): string[] {
  return [
    whatWasDecided(decision),
    `It followed version ${decision.policy_version} of the policy "${decision.policy_name}", with the seed "${decision.seed}".`,
    whatWasKnown(decision),
    whyItDid(decision),
    whatElse(decision),
    `It was ${percent(decision.confidence)} sure.`,
    ...whatIsExpected(decision),
    canItBeUndone(decision),
  ];
}

function whatWasDecided({
  agent_type,
  agent_id,
  status,
  choice,
  kind,
  subject_type,
  subject_id,
  created_at,
}: Decision): string {
  const verb = status === 'proposed' || status === 'rejected' ? 'proposed' : 'decided';
  return `On ${created_at} the ${agent_type} agent ${agent_id} ${verb} "${choice}" (${kind}) for ${subject_type} ${subject_id}.`;
}

function whatWasKnown({ facts }: Decision): string {
  if (facts.length === 0) return 'It read no facts beside its inputs.';
  const named = facts.slice(0, FACTS_NAMED).map(({ id, source, valid_at }) => `${id} from ${source} as of ${valid_at}`);
  const rest = facts.length - named.length;
  return `It read ${count(facts.length, 'fact')}: ${named.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`;
}

function whyItDid({ reasons }: Decision): string {
  if (reasons.length === 0) return 'It gave no reasons.';
  if (reasons.length === 1) return `Its reason: ${withoutStop(reasons[0]!)}.`;
  return `Its reasons: ${reasons.map((reason, index) => `(${index + 1}) ${withoutStop(reason)}`).join('; ')}.`;
}

function whatElse({ alternatives, choice }: Decision): string {
  const others = alternatives.filter((each) => each.choice !== choice).sort((a, b) => b.score - a.score);
  if (others.length === 0) return 'It had no other choice to weigh.';
  const own = alternatives.find((each) => each.choice === choice);
  const listed = others.map(({ choice: other, score }) => `"${other}" (${rounded(score)})`).join(', ');
  return `It also weighed ${listed}${ownScore(own)}.`;
}

function ownScore(own: Alternative | undefined): string {
  return own ? `; its choice scored ${rounded(own.score)}` : '';
}

function whatIsExpected({ expected_effect: expected, measured_outcome, measured_at }: Decision): string[] {
  const sentences: string[] = [];
  if (expected) {
    const { metric, estimate, interval } = expected;
    const range = interval ? `, between ${rounded(interval[0])} and ${rounded(interval[1])}` : '';
    sentences.push(`It expects ${metric} of ${rounded(estimate)}${range}.`);
  } else {
    sentences.push('It states no expected effect.');
  }
  if (measured_outcome) sentences.push(`Measured on ${measured_at}: ${JSON.stringify(measured_outcome)}.`);
  return sentences;
}

function canItBeUndone({ status, is_reversible, undone_at, undone_by, undo_reason, inverse }: Decision): string {
  switch (status) {
    case 'undone':
      return `It was undone on ${undone_at} by ${undone_by}: ${withoutStop(undo_reason ?? 'no reason given')}.`;
    case 'proposed':
      return 'It is a proposal: nothing has been done yet, so there is nothing to undo.';
    case 'rejected':
      return 'The proposal was rejected: nothing was done.';
    case 'noted':
      return 'It changed nothing, so there is nothing to undo.';
    case 'applied':
      if (!is_reversible || !inverse) return 'It cannot be undone.';
      return `It can be undone once (${inverseNames(inverse)}), as long as the state that it left has not moved.`;
  }
}

function inverseNames(inverse: Inverse): string {
  return [...new Set(stepsOf(inverse).map(({ type }) => `"${type}"`))].join(', ');
}

const withoutStop = (text: string): string => text.replace(/[.\s]+$/, '');
const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
const rounded = (value: number): string => String(Number(value.toPrecision(4)));
const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
