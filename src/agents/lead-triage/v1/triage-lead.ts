import type { Policy, PolicyResult } from '../../../decisions/index.js';
import type { EscalationWish } from '../../core/index.js';
import { chooseRoute } from './choose-route.js';
import { escalationWishes } from './escalation-wishes.js';
import { readIntent } from './read-intent.js';
import { provenStep } from './proven-step.js';
import { recommendActions } from './recommend-actions.js';
import type { TriageInputs, TriageOutcome } from '../triage-outcome.js';
import { scoreLead } from '../score-lead.js';
import type { Evidence } from '../recall-lead.js';
import { weighCategories, type CategoryWeighing } from '../weigh-categories.js';
import { placeInLine, PRIORITY, TRIAGE_CATEGORIES } from '../../../vocabulary/index.js';

const ASKABLE_FIELDS = ['company_size', 'industry', 'persona', 'region', 'preferred_channel', 'source'] as const;
/** With this many unknown fields a low confidence is put down to them, and asking comes before a person. */
const MISSING_FIELDS_THAT_EXPLAIN = 2;
const SHOWN_EVIDENCE = 5;

function triageLead({ facts, priority, model, confidence_threshold: threshold }: TriageInputs): TriageOutcome {
  const intent = readIntent(facts.short_term);
  const scored = scoreLead(facts, intent, model);
  const { score, factors } = scored;
  const weighing = weighCategories(facts, intent, scored);
  const missing = ASKABLE_FIELDS.filter((field) => facts.lead[field] === null);
  const isLow = weighing.confidence < threshold;
  const asksFirst = isLow && missing.length >= MISSING_FIELDS_THAT_EXPLAIN && facts.lead.gdpr_consent;
  const escalations = escalationWishes({ facts, intent, score, weighing, threshold, asksFirst });
  const route = chooseRoute(weighing.category, escalations, asksFirst);
  const askFor = asksFirst ? missing : [];
  return {
    category: weighing.category,
    confidence: weighing.confidence,
    score,
    probabilities: weighing.probabilities,
    evidence_count: weighing.evidence_count,
    factors,
    missing_fields: missing,
    is_low_confidence: isLow,
    route,
    ask_for: askFor,
    escalations,
    recommended_actions: recommendActions({
      route,
      category: weighing.category,
      hasConsent: facts.lead.gdpr_consent,
      askFor,
      intent,
      escalations,
      proven: provenStep(facts),
    }),
    reasons: explain(weighing, { threshold, missing, asksFirst, hasConsent: facts.lead.gdpr_consent, escalations }),
    priority,
    order: placeInLine(priority) * 1000 + (100 - score),
    respond_within_minutes: PRIORITY[priority].respondWithinMinutes,
  };
}

/** The second version, for the decisions that it made: doubts went to people without end. */
export const triagePolicyOfMemory: Policy<TriageInputs, TriageOutcome> = {
  name: 'evidence-triage',
  version: '1.1.0',
  decide(inputs): PolicyResult<TriageOutcome> {
    const outcome = triageLead(inputs);
    return {
      outcome,
      choice: outcome.category,
      confidence: outcome.confidence,
      alternatives: TRIAGE_CATEGORIES.map((category) => ({ choice: category, score: outcome.probabilities[category] })),
      reasons: outcome.reasons,
      expected_effect: inputs.model && {
        metric: 'conversion_probability',
        estimate: inputs.model.probability,
        interval: null,
      },
    };
  },
};

/** The first version, for the decisions that it made: it knows the conversation and no memory beyond it. */
export const triagePolicyWithoutMemory: Policy<TriageInputs, TriageOutcome> = {
  name: triagePolicyOfMemory.name,
  version: '1.0.0',
  decide(inputs, seed): PolicyResult<TriageOutcome> {
    const { known: _, episodes: __, ...facts } = inputs.facts;
    return triagePolicyOfMemory.decide({ ...inputs, facts }, seed);
  },
};

function explain(
  { category, confidence, evidence, evidence_count: count, probabilities }: CategoryWeighing,
  about: {
    threshold: number;
    missing: readonly string[];
    asksFirst: boolean;
    hasConsent: boolean;
    escalations: readonly EscalationWish[];
  },
): string[] {
  const margin = (each: Evidence): number => {
    if (category === 'Campaign Qualified') return each.qualified - Math.max(each.cold, each.inquiry);
    if (category === 'Cold Lead') return each.cold - Math.max(each.qualified, each.inquiry);
    return each.inquiry - Math.max(each.qualified, each.cold);
  };
  const reasons = evidence
    .map((each) => ({ text: each.text, pull: margin(each) }))
    .sort((first, second) => Math.abs(second.pull) - Math.abs(first.pull))
    .slice(0, SHOWN_EVIDENCE)
    .map(
      ({ text, pull }) =>
        `${pull >= 0 ? 'for' : 'against'} ${category}: ${text} (${pull >= 0 ? '+' : '−'}${Math.abs(pull).toFixed(1)})`,
    );
  if (confidence < about.threshold) {
    const remedy = about.asksFirst ? `asking for ${about.missing.join(', ')}` : 'a person should look';
    reasons.push(
      `confidence ${confidence.toFixed(2)} is below ${about.threshold}: p=${probabilities[category].toFixed(2)} on ${count} facts; ${remedy}`,
    );
  }
  if (about.missing.length > 0 && !about.asksFirst) reasons.push(`not known: ${about.missing.join(', ')}`);
  if (!about.hasConsent) reasons.push('no consent: nothing may be sent until it is given');
  for (const { reason, summary } of about.escalations)
    if (reason !== 'low_confidence') reasons.push(`${reason}: ${summary}`);
  return reasons;
}
