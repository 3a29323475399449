import type { TriageFacts } from '../core/index.js';
import type { IntentReading } from './intent-signals.js';
import { type Evidence, recallLead } from './recall-lead.js';
import { TRIAGE_CATEGORIES, type TriageCategory } from '../../vocabulary/index.js';
import { sentiment, silentDays, type LeadScore } from './score-lead.js';

export interface CategoryWeighing {
  readonly category: TriageCategory;
  readonly confidence: number;
  readonly probabilities: Readonly<Record<TriageCategory, number>>;
  /** How many separate facts stand behind the probabilities. */
  readonly evidence_count: number;
  readonly evidence: readonly Evidence[];
}

/** An inquiry needs something that speaks for it; the other two are even to begin with. */
const PRIOR = { qualified: 0, cold: 0, inquiry: -0.5 };

/** The k of n / (n + k): with this many facts the evidence is trusted by half. */
const HALF_TRUST_EVIDENCE = 0.5;

/** What a lead scores for whom every factor is middling; it speaks neither for nor against. */
const NEUTRAL_SCORE = 57;

/** Interactions beyond this many add no further certainty about the category. */
const MAX_COUNTED_INTERACTIONS = 10;

/**
 * Weighs the evidence for the three categories.
 *
 * z_c = prior_c + Σ evidence in log-odds; p = softmax(z); n = known profile fields + interactions (10 at most) + 2
 * per stated intent + 1 per recalled fact; confidence = 1/3 + (p_top − 1/3) · n / (n + 0.5). It is 1/3, mere chance,
 * when nothing is known, and tends to p_top as facts add up.
 */
export function weighCategories(facts: TriageFacts, intent: IntentReading, score: LeadScore): CategoryWeighing {
  const recalled = recallLead(facts, intent.signals.length > 0);
  const evidence = [...gatherEvidence(facts, intent, score), ...recalled];
  let { qualified, cold, inquiry } = PRIOR;
  for (const each of evidence) {
    qualified += each.qualified;
    cold += each.cold;
    inquiry += each.inquiry;
  }
  const top = Math.max(qualified, cold, inquiry);
  const weights = [Math.exp(qualified - top), Math.exp(cold - top), Math.exp(inquiry - top)] as const;
  const total = weights[0] + weights[1] + weights[2];
  const topIndex = qualified === top ? 0 : cold === top ? 1 : 2;

  const { lead, history } = facts;
  const profile = [lead.source, lead.company_size, lead.industry, lead.persona, lead.region].filter(
    (field) => field !== null,
  ).length;
  const count =
    profile + Math.min(history.total, MAX_COUNTED_INTERACTIONS) + 2 * intent.signals.length + recalled.length;
  const confidence = 1 / 3 + (weights[topIndex] / total - 1 / 3) * (count / (count + HALF_TRUST_EVIDENCE));
  return {
    category: TRIAGE_CATEGORIES[topIndex],
    confidence: round(confidence),
    probabilities: {
      'Campaign Qualified': round(weights[0] / total),
      'Cold Lead': round(weights[1] / total),
      'General Inquiry': round(weights[2] / total),
    },
    evidence_count: count,
    evidence,
  };
}

function gatherEvidence(facts: TriageFacts, intent: IntentReading, { score, knownShare }: LeadScore): Evidence[] {
  const { history, conversions, campaign, lead } = facts;
  const evidence: Evidence[] = [];
  const add = (text: string, qualified: number, cold: number, inquiry: number) =>
    evidence.push({ text, qualified, cold, inquiry });

  // a score on few factors speaks softly, and one on none is silent
  const scorePull = knownShare * clamp((score - NEUTRAL_SCORE) / 2, -4, 4);
  if (knownShare > 0) add(`score ${score} of 100`, scorePull, -scorePull, 0);

  for (const signal of intent.signals) {
    add(`last conversation shows ${signal.name.replaceAll('_', ' ')}`, signal.qualified, signal.cold, signal.inquiry);
  }
  if (conversions.count > 0) add(`${plural(conversions.count, 'conversion')} so far`, 1.5, -1.5, -0.5);

  const good = history.positive + history.callbacks;
  const bad = history.negative + history.unsubscribes;
  if (good + bad > 0) {
    const pull = clamp((sentiment(history) - 0.5) * 9, -3, 3);
    add(
      `${plural(good, 'good answer')} (positive or callback) against ${bad} bad (negative or unsubscribe)`,
      pull,
      -pull,
      0,
    );
  }
  if (history.callbacks > 0)
    add(
      `asked ${plural(history.callbacks, 'time')} to be called back`,
      Math.min(1.2, 0.4 * history.callbacks),
      -0.3,
      0.2,
    );
  if (history.unsubscribes > 1)
    add(`unsubscribed ${history.unsubscribes} times`, -0.4, Math.min(2, 0.35 * history.unsubscribes), -0.2);

  const isCurious = history.site_visits >= 2 && good === 0;
  if (isCurious) add(`${history.site_visits} site visits without an answer to any offer`, 0, -0.3, 0.9);
  if (history.replies > 0 && history.positive_replies + history.negative_replies === 0) {
    add(`${plural(history.replies, 'reply', 'replies')} that neither accept nor decline`, -0.2, -0.4, 0.7);
  }

  const silent = silentDays(facts);
  if (silent > 21) add(`silent for ${Math.floor(silent)} days`, -0.3, Math.min(2, silent / 30), -0.3);
  if (history.sends > 0 && history.replies + history.clicks + history.opens + history.site_visits === 0) {
    add(`no reaction to ${plural(history.sends, 'message')}`, -0.5, Math.min(1.5, 0.5 * history.sends), -0.5);
  }

  if (!campaign) add('came without a campaign', -0.6, 0, 1.2);
  else if (lead.persona !== null) {
    if (campaign.target_personas.includes(lead.persona))
      add(`${lead.persona} is a persona that the campaign targets`, 0.6, -0.2, -0.4);
    else add(`${lead.persona} is not a persona that the campaign targets`, -0.3, 0.1, 0.4);
  }
  if (lead.source === 'Referral' || lead.source === 'Partner')
    add(`came through a ${lead.source.toLowerCase()}`, 0.5, -0.4, 0);
  if (lead.source === 'Outbound') add('was contacted first (Outbound)', -0.4, 0.5, -0.2);
  return evidence;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
