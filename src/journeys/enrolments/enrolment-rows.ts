import { newId } from '../../config/index.js';
import type { Lead } from '../../crm/index.js';
import type { OutboxItem } from '../../queue/index.js';
import type { PublishedSequence } from '../sequences/sequences.js';
import { companyKey } from './company-key.js';
import type { Enrolment } from './enrolment.entity.js';

export const STEP_TOPIC = 'journey.step';

/** The promise to decide the next step; it does nothing once something else was promised. */
export interface StepJob {
  readonly enrolment_id: string;
  readonly lead_id: string;
  readonly turn: number;
}

const DAY_MS = 86_400_000;

/** The outbox item by which the next step is promised. */
export function promiseOf({ enrolment_id, lead_id, turn, next_at }: Enrolment): OutboxItem {
  const payload: StepJob = { enrolment_id, lead_id, turn };
  return {
    topic: STEP_TOPIC,
    key: `${STEP_TOPIC}:${enrolment_id}:${turn}`,
    payload,
    availableAt: next_at!,
    leadId: lead_id,
  };
}

/** As it was before its last step, which came to nothing: that is tried once more. */
export function steppedBack(enrolment: Enrolment): Enrolment {
  const step_id = enrolment.trail.findLast(({ step }) => step !== enrolment.step_id)?.step ?? null;
  return { ...enrolment, step_id, tries: enrolment.tries + 1 };
}

/** The last step that somebody took of those that are still there. */
export function lastKept({ trail }: Enrolment, kept: ReadonlySet<string>): string | null {
  return trail.findLast(({ step }) => kept.has(step))?.step ?? null;
}

/** Why a sequence does not take somebody again; null if it does. */
export function refusalOf({ definition }: PublishedSequence, runs: readonly Enrolment[], now: string): string | null {
  // who got nothing out of it has not been through it
  const written = runs.filter(({ trail }) => trail.some(({ outcome }) => outcome === 'message'));
  const last = written.reduce<string | null>(
    (latest, { ended_at }) => (ended_at && (!latest || ended_at > latest) ? ended_at : latest),
    null,
  );
  if (last === null) return null;
  const { reentry } = definition;
  if (reentry.allowed === 'never') return 'has been through it, and it takes nobody twice';
  const from = new Date(Date.parse(last) + reentry.days * DAY_MS).toISOString();
  return now < from ? `left it on ${last}, and may enter again from ${from}` : null;
}

export function enter(lead: Lead, sequence: PublishedSequence, run: number, by: string, now: string): Enrolment {
  return {
    enrolment_id: newId('enr'),
    lead_id: lead.lead_id,
    live_lead_id: lead.lead_id,
    campaign_id: lead.campaign_id,
    company_key: companyKey(lead.email),
    sequence_id: sequence.sequence_id,
    sequence_version: sequence.number,
    step_id: null,
    run_no: run,
    state: 'active',
    paused_for: null,
    next_at: now,
    why_next: 'the first step',
    turn: 0,
    tries: 0,
    message_id: null,
    trail: [],
    exit_reason: null,
    entered_at: now,
    entered_by: by,
    ended_at: null,
    updated_at: now,
  };
}
