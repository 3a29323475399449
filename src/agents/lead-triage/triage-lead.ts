import type { Policy, PolicyResult } from '../../decisions/index.js';
import type { EscalationWish, TriageFacts } from '../core/index.js';
import { chooseRoute } from './choose-route.js';
import { escalationWishes } from './escalation-wishes.js';
import { type Reading, readIntent } from './read-intent.js';
import { provenStep } from './proven-step.js';
import type { Evidence } from './recall-lead.js';
import { recommendActions } from './recommend-actions.js';
import { type LeadScore, scoreLead } from './score-lead.js';
import { steadyFacts } from './steady-facts.js';
import type { TriageInputs, TriageOutcome, TriageRoute } from './triage-outcome.js';
import { weighCategories, type CategoryWeighing } from './weigh-categories.js';
import { whatToAsk } from './what-to-ask.js';
import { placeInLine, PRIORITY, TRIAGE_CATEGORIES } from '../../vocabulary/index.js';

const FIELDS = ['company_size', 'industry', 'persona', 'region', 'preferred_channel', 'source'] as const;
const SHOWN_EVIDENCE = 5;

interface Verdict extends LeadScore {
  readonly weighing: CategoryWeighing;
}

/** Sorts one lead into a category, with a score, a confidence, the reasons for them and the way it should go. */
export function triageLead(inputs: TriageInputs): TriageOutcome {
  const { priority, model, confidence_threshold: threshold, attention } = inputs;
  const facts = steadyFacts(inputs.facts);
  const hasConsent = facts.lead.gdpr_consent;
  const intent = readIntent(facts.short_term);
  // what was heard before is on its way already, and a person has it or had it
  const news = facts.heard_before ? [] : intent.hot;
  const judge = (about: TriageFacts): Verdict => {
    const scored = scoreLead(about, intent, model);
    return { ...scored, weighing: weighCategories(about, intent, scored) };
  };
  const { score, factors, weighing } = judge(facts);
  const { category, confidence } = weighing;
  const isLow = confidence < threshold;
  const certain = escalationWishes({ facts, intent, news, score, weighing });
  const isSettled = intent.hot.length > 0 || intent.wantsSupport || certain.some(({ blocking }) => blocking);
  const isInDoubt = isLow && !isSettled;
  const staysInDoubt = (about: TriageFacts): boolean => judge(about).weighing.confidence < threshold;
  const askFor = isInDoubt && hasConsent ? whatToAsk(facts, staysInDoubt) : [];
  const needsPerson = isInDoubt && askFor.length === 0 && attention !== 'spent';
  const escalations = needsPerson ? [...certain, doubt(weighing, threshold)] : certain;
  const route = chooseRoute(category, intent, escalations, { isLow, asks: askFor.length > 0 });
  const value = (score / 100) * (facts.mean_conversion_usd ?? 0);
  return {
    category,
    confidence,
    score,
    probabilities: weighing.probabilities,
    evidence_count: weighing.evidence_count,
    factors,
    missing_fields: FIELDS.filter((field) => facts.lead[field] === null),
    is_low_confidence: isLow,
    route,
    ask_for: askFor,
    hot: news,
    value_usd: cents(value),
    at_stake_usd: cents((1 - confidence) * value),
    escalations,
    recommended_actions: recommendActions({
      route,
      category,
      hasConsent,
      askFor,
      intent,
      escalations,
      proven: provenStep(facts),
    }),
    reasons: explain(weighing, { threshold, askFor, hasConsent, escalations, intent, isInDoubt, route }),
    priority,
    order: placeInLine(priority) * 1000 + (100 - score),
    respond_within_minutes: PRIORITY[priority].respondWithinMinutes,
  };
}

/** The rule that the ledger stores and replays. It draws nothing at random, so the seed does not matter. */
export const triagePolicy: Policy<TriageInputs, TriageOutcome> = {
  name: 'evidence-triage',
  version: '1.2.0',
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

function doubt({ category, confidence }: CategoryWeighing, threshold: number): EscalationWish {
  const summary = `${category} with confidence ${confidence.toFixed(2)}, below ${threshold}`;
  return { reason: 'low_confidence', summary, blocking: true };
}

function explain(
  { category, confidence, evidence, evidence_count: count, probabilities }: CategoryWeighing,
  about: {
    threshold: number;
    askFor: readonly string[];
    hasConsent: boolean;
    escalations: readonly EscalationWish[];
    intent: Reading;
    isInDoubt: boolean;
    route: TriageRoute;
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
    const doubts = `confidence ${confidence.toFixed(2)} is below ${about.threshold}: p=${probabilities[category].toFixed(2)} on ${count} facts`;
    reasons.push(`${doubts}; ${remedy(about)}`);
  }
  if (about.intent.wantsSupport) reasons.push('asks for help: the support desk answers');
  if (!about.hasConsent) reasons.push('no consent: nothing may be sent until it is given');
  for (const { reason, summary } of about.escalations)
    if (reason !== 'low_confidence') reasons.push(`${reason}: ${summary}`);
  return reasons;
}

/** What is done about a doubt. */
function remedy({
  askFor,
  isInDoubt,
  route,
}: {
  askFor: readonly string[];
  isInDoubt: boolean;
  route: TriageRoute;
}): string {
  if (!isInDoubt) return 'what the lead says decides the way';
  if (askFor.length > 0) return `asking for ${askFor.join(', ')}, which would settle it`;
  if (route === 'person') return 'a person should look';
  return `no attention is left for it today, so it takes the safe way (${route})`;
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
