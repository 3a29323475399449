import type { VariantPlan } from '../generator/campaigns.js';
import { STEP_EFFECTS } from '../generator/knowledge.js';
import type { LeadPlan } from '../generator/leads.js';
import { sigmoid } from '../generator/sampling.js';
import { TRUTH } from '../generator/truth.js';
import type { Tone } from '../vocabulary.js';
import type { WorldKind } from './sim-world.js';
import type { GeneratedChannel } from '../generator/truth.js';

/** A message as it reaches a lead. */
export interface Touch {
  readonly channel: GeneratedChannel;
  readonly variant: Pick<VariantPlan, 'tone' | 'call_to_action' | 'effect'>;
  /** Hour of the lead's clock, 0 to 23. */
  readonly hour: number;
  /** What the message speaks of; null for nothing in particular. */
  readonly topic: string | null;
  /** Messages to this lead before this one. */
  readonly earlier: number;
}

const ENTERPRISE_SIZES: ReadonlySet<string> = new Set(['1001-5000', '5000+']);

/** The playbook step that a call to action carries out; see `STEP_EFFECTS` for what it does in a situation. */
const STEP_OF_CALL_TO_ACTION: Readonly<Record<string, string>> = {
  'Book Demo': 'book_demo',
  'Start Trial': 'offer_trial',
  'Download Guide': 'send_case_study',
  'Get Audit': 'send_case_study',
};

/** The situation of the playbooks that a lead is truly in: by size and role, as far as nobody has talked yet. */
export function trueScenario({ company_size, persona }: Pick<LeadPlan, 'company_size' | 'persona'>): string {
  if (!ENTERPRISE_SIZES.has(company_size)) return 'smb_quick_win';
  return persona === 'Procurement' ? 'multi_stakeholder' : 'enterprise_eval';
}

/**
 * Probability that a lead answers a touch well, by the generator's truth: the log-odds of `TRUTH.response`, as in the
 * journeys, plus `TRUTH.message` for what the message is about and asks for. Where leads are indifferent only
 * channel, propensity and fatigue are left.
 */
export function answerProbability(
  lead: LeadPlan,
  { channel, variant, hour, topic, earlier }: Touch,
  kind: WorldKind,
): number {
  const { base, propensityWeight, fatigue, preferredChannel, bestHours, channelByPersona, toneByPersona } =
    TRUTH.response;
  const common = base[channel] + propensityWeight * lead.logit + fatigue * earlier;
  if (kind === 'indifferent') return sigmoid(common);
  const byChannel: Partial<Record<GeneratedChannel, number>> = channelByPersona[lead.persona];
  const byTone: Partial<Record<Tone, number>> = toneByPersona[lead.persona];
  const step = STEP_OF_CALL_TO_ACTION[variant.call_to_action];
  const stepEffects: Partial<Record<string, number>> = STEP_EFFECTS[trueScenario(lead)] ?? {};
  const own =
    (channel === lead.preferred_channel ? preferredChannel : 0) +
    (isIn(hour, lead.bestContactTime) ? bestHours : 0) +
    (byChannel[channel] ?? 0) +
    (byTone[variant.tone] ?? 0) +
    variant.effect +
    (topic !== null && lead.interests.includes(topic) ? TRUTH.message.topicOfInterest : 0) +
    TRUTH.message.stepWeight * (step === undefined ? 0 : (stepEffects[step] ?? 0));
  return sigmoid(common + own);
}

/** @param window "HH:mm-HH:mm" */
function isIn(hour: number, window: string): boolean {
  return hour >= Number(window.slice(0, 2)) && hour < Number(window.slice(6, 8));
}
