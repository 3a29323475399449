import type { EngagementFacts, LeadFacts } from '../core/index.js';

/** Situations of the playbooks in episodic memory. */
export type Scenario =
  'security_review' | 'churn_risk' | 'budget_blocker' | 'multi_stakeholder' | 'enterprise_eval' | 'smb_quick_win';

const ENTERPRISE_SIZES: ReadonlySet<string | null> = new Set(['1001-5000', '5000+']);

/** The situation that a lead is in, which says what episodes are similar. */
export function scenarioOf({
  lead,
  short_term: shortTerm,
  lead_channels: past,
}: Pick<EngagementFacts, 'short_term' | 'lead_channels'> & {
  readonly lead: Pick<LeadFacts, 'company_size' | 'persona'>;
}): Scenario {
  const said = `${shortTerm?.active_intent ?? ''} ${shortTerm?.last_utterance_summary ?? ''}`.toLowerCase();
  if (said.includes('security')) return 'security_review';
  let bad = 0;
  let good = 0;
  for (const { negative, unsubscribes, positive } of past) {
    bad += negative + unsubscribes;
    good += positive;
  }
  if (bad >= 3 && bad > 2 * good) return 'churn_risk';
  if (/pric|budget|negotiate/.test(said)) return 'budget_blocker';
  if (!ENTERPRISE_SIZES.has(lead.company_size)) return 'smb_quick_win';
  return lead.persona === 'Procurement' ? 'multi_stakeholder' : 'enterprise_eval';
}

const STEP_OF_CALL_TO_ACTION: Readonly<Record<string, string>> = {
  'Book Demo': 'book_demo',
  'Start Trial': 'offer_trial',
  'Download Guide': 'send_case_study',
  'Get Audit': 'send_case_study',
};

/** The playbook step that a call to action carries out; undefined if none does. */
export function stepOf(callToAction: string | null): string | undefined {
  return callToAction === null ? undefined : STEP_OF_CALL_TO_ACTION[callToAction];
}

/**
 * How a message appears among the steps of its episode: what it asks for, where it went, in what tone, about what, to
 * whom.
 */
export function stepsOfMessage({
  call_to_action,
  channel,
  tone,
  topic,
  persona,
}: {
  readonly call_to_action: string | null;
  readonly channel: string;
  readonly tone: string | null;
  readonly topic: string | null;
  readonly persona: string | null;
}): string[] {
  const step = stepOf(call_to_action);
  return [
    ...(step === undefined ? [] : [step]),
    `on_${asStep(channel)}`,
    ...(tone === null ? [] : [toneStep(tone)]),
    ...(topic === null ? [] : [`about_${asStep(topic)}`]),
    ...(persona === null ? [] : [audienceStep(persona)]),
  ];
}

export function toneStep(tone: string): string {
  return `tone_${asStep(tone)}`;
}

export function audienceStep(persona: string): string {
  return `to_${asStep(persona)}`;
}

function asStep(words: string): string {
  return words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 60);
}
