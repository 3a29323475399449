import type { EngagementFacts, EpisodeFacts } from '../core/index.js';

/** Situations of the playbooks in episodic memory. */
export type Scenario = 'security_review' | 'churn_risk' | 'budget_blocker' | 'multi_stakeholder' | 'enterprise_eval' | 'smb_quick_win';

const ENTERPRISE_SIZES: ReadonlySet<string | null> = new Set(['1001-5000', '5000+']);

/** The situation that a lead is in, which says what episodes are similar. */
export function scenarioOf({
  lead,
  short_term: shortTerm,
  lead_channels: past,
}: Pick<EngagementFacts, 'lead' | 'short_term' | 'lead_channels'>): Scenario {
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

/** Episodes that count as much as the assumption that a step changes nothing. */
const SHRINKAGE_EPISODES = 5;

/**
 * How much each step of the playbooks raised the outcome: mean outcome of the episodes with the step minus that of all, times n / (n + 5).
 * Between −1 and 1; steps that nobody tried are absent.
 */
export function stepLifts(episodes: readonly EpisodeFacts[]): Map<string, number> {
  const lifts = new Map<string, number>();
  if (episodes.length === 0) return lifts;
  const mean = episodes.reduce((sum, { outcome_score: outcome }) => sum + outcome, 0) / episodes.length;
  const byStep = new Map<string, number[]>();
  for (const { action_sequence: steps, outcome_score: outcome } of episodes) {
    for (const step of new Set(steps)) byStep.set(step, [...(byStep.get(step) ?? []), outcome]);
  }
  for (const [step, outcomes] of byStep) {
    const own = outcomes.reduce((sum, outcome) => sum + outcome, 0) / outcomes.length;
    lifts.set(step, (own - mean) * (outcomes.length / (outcomes.length + SHRINKAGE_EPISODES)));
  }
  return lifts;
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
