import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { type Lead, Leads } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import {
  type Enrolment,
  Enrolments,
  type FlowState,
  IN_SEQUENCE,
  type JourneyEvent,
  Journeys,
  STEP_TOPIC,
  Sequences,
  type StepJob,
  dueAfter,
  nextState,
  stepAfter,
  steppedBack,
} from '../../journeys/index.js';
import { type Message, Messages } from '../../outreach/index.js';
import { Job } from '../../queue/index.js';
import { SequenceEntries } from './sequence-entries.js';
import { type DueStep, NEXT_WINDOW_MS, SequenceSteps } from './sequence-steps.js';

const HOUR_MS = 3_600_000;
/** Rules by which the gate itself gives a message up. */
const GIVEN_UP_BY_GATE: ReadonlySet<string> = new Set(['expired', 'no_recipient']);

/** Somebody whose next time has come, with the message of the step before. */
interface Due {
  readonly lead: Lead;
  readonly enrolment: Enrolment;
  readonly message: Message | undefined;
}

/** Decides the steps of sequences when their time has come. */
@Injectable()
export class DueSteps {
  constructor(
    private readonly leads: Leads,
    private readonly enrolments: Enrolments,
    private readonly sequences: Sequences,
    private readonly messages: Messages,
    private readonly steps: SequenceSteps,
    private readonly entries: SequenceEntries,
    private readonly journeys: Journeys,
    private readonly clock: Clock,
  ) {}

  @Job(STEP_TOPIC, { takes: 'many', forgetsDone: true })
  async run(jobs: readonly Job<StepJob>[], unit: Unit): Promise<void> {
    const now = this.clock.iso();
    const due = await this.dueOf(
      unit,
      jobs.map(({ payload }) => payload),
      now,
    );
    const inForce = await this.sequences.inForce(unit, [...new Set(due.map(({ enrolment }) => enrolment.sequence_id))]);
    const paused = due.filter(({ enrolment }) => inForce.get(enrolment.sequence_id)?.isPaused);
    await this.enrolments.pause(
      unit,
      paused.map(({ enrolment }) => enrolment),
      'sequence',
      now,
    );
    const steps: DueStep[] = [];
    const over: Due[] = [];
    const gone: { each: Due; reason: string }[] = [];
    const later: { enrolment: Enrolment; next_at: string; why_next: string }[] = [];
    for (const each of due.filter((one) => !paused.includes(one))) {
      const { lead, message } = each;
      const left = whyLeft(lead, message, now);
      if (left !== null) {
        gone.push({ each, reason: left });
        continue;
      }
      const enrolment = standingOf(each);
      const definition = await this.sequences.definitionOf(unit, enrolment.sequence_id, enrolment.sequence_version);
      const waits = message && waitFor(message, now);
      if (waits) {
        // the step before has not gone out yet: what follows keeps its distance from it
        const next_at = waits.isHealed ? dueAfter(definition, enrolment.step_id, waits.until) : waits.until;
        later.push({ enrolment, next_at, why_next: waits.why });
        continue;
      }
      const distant = message?.sent_at ? dueAfter(definition, enrolment.step_id, message.sent_at) : now;
      // a pause or a cap held it past its contact window: what follows is pushed
      if (Date.parse(distant) - Date.parse(now) > NEXT_WINDOW_MS) {
        later.push({ enrolment, next_at: distant, why_next: 'the message before it went out late' });
        continue;
      }
      const step = stepAfter(definition, enrolment.step_id);
      if (!step) over.push(each);
      else {
        const flow_state = enrolment.step_id === null ? lead.flow_state : nextState(lead.flow_state, 'no_success');
        steps.push({ lead: { ...lead, flow_state }, enrolment, definition, step });
      }
    }
    await this.enrolments.schedule(unit, later, now);
    await this.steps.take(unit, steps, now);
    await this.finish(unit, over, now);
    await this.leave(unit, gone, now);
  }

  /** Those of the promises that still hold. */
  private async dueOf(unit: Unit, promises: readonly StepJob[], now: string): Promise<Due[]> {
    const leadIds = [...new Set(promises.map(({ lead_id }) => lead_id))];
    const leads = new Map((await this.leads.lockAll(unit, leadIds)).map((lead) => [lead.lead_id, lead]));
    const live = await this.enrolments.liveOf(unit, [...leads.keys()], true);
    const kept = promises.flatMap(({ enrolment_id, lead_id, turn }) => {
      const enrolment = live.get(lead_id);
      const holds = enrolment?.enrolment_id === enrolment_id && enrolment.turn === turn && enrolment.state === 'active';
      return holds && enrolment.next_at! <= now ? enrolment : [];
    });
    const ids = kept.flatMap(({ message_id }) => message_id ?? []);
    const messages = new Map((await this.messages.find(unit, ids)).map((message) => [message.message_id, message]));
    return kept.map((enrolment) => ({
      enrolment,
      lead: leads.get(enrolment.lead_id)!,
      message: messages.get(enrolment.message_id ?? ''),
    }));
  }

  /** Somebody has taken these out of their sequence, by undoing what was decided or taking back its message. */
  private async leave(unit: Unit, gone: readonly { each: Due; reason: string }[], now: string): Promise<void> {
    const inSequence = gone.filter(({ each: { lead } }) => IN_SEQUENCE.includes(lead.flow_state as FlowState));
    await this.journeys.tell(
      unit,
      inSequence.map(({ each, reason }) => ({ lead_id: each.lead.lead_id, event: 'handled', reason })),
      now,
    );
    const others = gone.filter((each) => !inSequence.includes(each));
    await this.enrolments.end(
      unit,
      others.map(({ each, reason }) => ({ enrolment: each.enrolment, reason })),
      now,
    );
  }

  /** Nobody answered: the sequence that takes over does, or the lead rests. */
  private async finish(unit: Unit, over: readonly Due[], now: string): Promise<void> {
    const ends: JourneyEvent[] = [];
    for (const { lead, enrolment } of over) {
      const definition = await this.sequences.definitionOf(unit, enrolment.sequence_id, enrolment.sequence_version);
      const reason = `went through ${enrolment.sequence_id} without an answer`;
      const by = { by: enrolment.sequence_id };
      const next = definition.then && (await this.entries.enterSequence(unit, lead, definition.then, by, now));
      if (!next || next.outcome === 'ends') ends.push({ lead_id: lead.lead_id, event: 'completed', reason });
    }
    await this.journeys.tell(unit, ends, now);
  }
}

/** Where somebody stands in the light of what came of the last message: what never went out is no step taken. */
function standingOf({ enrolment, message }: Due): Enrolment {
  if (message?.status === 'sent') return { ...enrolment, tries: 0 };
  return message?.status === 'cancelled' && GIVEN_UP_BY_GATE.has(message.hold_rule ?? '')
    ? steppedBack(enrolment)
    : enrolment;
}

/** Why somebody is not in its sequence any more, though nobody said so to it; null while it is. */
function whyLeft({ flow_state }: Lead, message: Message | undefined, now: string): string | null {
  if (!IN_SEQUENCE.includes(flow_state as FlowState)) return `the lead is ${flow_state}`;
  const isTakenBack =
    message?.status === 'cancelled' && message.expires_at > now && !GIVEN_UP_BY_GATE.has(message.hold_rule ?? '');
  return isTakenBack ? `the message before was taken back: ${message.failure_reason ?? 'cancelled'}` : null;
}

/** Until when a message that has not gone out is waited for; undefined when there is nothing more to wait for. */
function waitFor(
  { status, earliest, planned_for, expires_at, hold_rule }: Message,
  now: string,
): { readonly until: string; readonly why: string; readonly isHealed: boolean } | undefined {
  const inAnHour = new Date(Date.parse(now) + HOUR_MS).toISOString();
  switch (status) {
    case 'planned':
      return {
        until: latest(earliest ?? planned_for, now),
        why: 'the message before it has not gone out',
        isHealed: true,
      };
    case 'held':
      if (earliest !== null)
        return { until: latest(earliest, now), why: `the message before it is held (${hold_rule})`, isHealed: true };
      // nothing but an event lets it go, or its end
      return expires_at > now
        ? { until: expires_at, why: `the message before it is held (${hold_rule})`, isHealed: false }
        : undefined;
    case 'sending':
      return { until: inAnHour, why: 'the message before it is on its way', isHealed: false };
    default:
      return undefined;
  }
}

const latest = (one: string, other: string): string => (one > other ? one : other);
