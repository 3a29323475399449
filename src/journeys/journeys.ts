import { Injectable } from '@nestjs/common';
import { type Lead, type LeadChanges, Leads, eachLeadOnce } from '../crm/index.js';
import type { Unit } from '../database/index.js';
import { Outreach } from '../outreach/index.js';
import { type OutboxItem, Outbox } from '../queue/index.js';
import type { EscalationReason } from '../vocabulary/index.js';
import type { Enrolment, PauseReason } from './enrolments/enrolment.entity.js';
import { Enrolments } from './enrolments/enrolments.js';
import { type FlowEvent, type Way, wayOf } from './lead-flow.js';

/** What happened to a lead, as its way is told of it. */
export interface JourneyEvent {
  readonly lead_id: string;
  readonly event: FlowEvent;
  /** In words: it becomes the reason of an end, a cancellation or a new time. */
  readonly reason: string;
  /** The message that it is about; what became of an old one does not move the lead on. */
  readonly message_id?: string;
  /** What a paused sequence waits for. */
  readonly pausedFor?: PauseReason;
  /** What a person is told where the event opens a case. */
  readonly about?: JourneyCaseDetails;
}

export interface JourneyCaseDetails {
  readonly summary?: string;
  readonly conversation_id?: string | null;
  readonly decision_id?: string | null;
  readonly raised_by?: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** A case that an event opens. */
export interface JourneyCase {
  readonly lead: Lead;
  readonly reason: EscalationReason;
  readonly event: JourneyEvent;
}

type OpenCases = (unit: Unit, cases: readonly JourneyCase[], now: string) => Promise<void>;

/** The lead is to be looked at anew. */
export const TRIAGE_AGAIN_TOPIC = 'lead.triage_again';
/** Spread over so long, a campaign or sequence that goes on floods nobody. */
const SPREAD_MS_EACH = 30_000;
const LONGEST_SPREAD_MS = 86_400_000;

interface Told {
  readonly event: JourneyEvent;
  readonly lead: Lead;
  readonly enrolment: Enrolment | undefined;
  readonly way: Way;
}

/**
 * The one door to a lead's way: whatever happens to it, whoever tells, comes in here, and the table says what is done.
 */
@Injectable()
export class Journeys {
  private openCases: OpenCases | undefined;

  constructor(
    private readonly leads: Leads,
    private readonly enrolments: Enrolments,
    private readonly outreach: Outreach,
    private readonly outbox: Outbox,
  ) {}

  /** Whoever keeps cases says how they are opened. */
  opensCasesBy(open: OpenCases): void {
    this.openCases = open;
  }

  /**
   * Takes events in, in their order, and does what the table says about each, in the caller's unit. Events of leads
   * that do not exist are nothing.
   */
  async tell(unit: Unit, events: readonly JourneyEvent[], now: string): Promise<void> {
    for (const round of eachLeadOnce(events)) await this.tellOnce(unit, round, now);
  }

  /** Ends what carried leads that triage has just given to a person, and takes back what has not gone out. */
  async handedToPerson(unit: Unit, leadIds: readonly string[], reason: string, now: string): Promise<void> {
    const live = await this.enrolments.liveOf(unit, leadIds, true);
    await this.enrolments.end(
      unit,
      [...live.values()].map((enrolment) => ({ enrolment, reason })),
      now,
    );
    for (const leadId of live.keys()) await this.outreach.cancelForLead(unit, leadId, reason);
  }

  /** No case stands in a lead's way any more: what waited for that goes on. */
  async goOn(unit: Unit, leadId: string, now: string): Promise<void> {
    const live = await this.enrolments.liveOf(unit, [leadId], true);
    await this.enrolments.resume(unit, [...live.values()], 'case', 0, now);
  }

  /** @param events no lead twice */
  private async tellOnce(unit: Unit, events: readonly JourneyEvent[], now: string): Promise<void> {
    const ids = events.map(({ lead_id }) => lead_id);
    const leads = new Map((await this.leads.lockAll(unit, ids)).map((lead) => [lead.lead_id, lead]));
    const live = await this.enrolments.liveOf(unit, [...leads.keys()], true);
    const told = events.flatMap((event): Told[] => {
      const lead = leads.get(event.lead_id);
      if (!lead) return [];
      return [{ event, lead, enrolment: live.get(lead.lead_id), way: wayOf(lead.flow_state, event.event) }];
    });
    await this.move(unit, told, now);
    await this.steer(unit, told, now);
    for (const { lead, event } of having(told, 'cancel'))
      await this.outreach.cancelForLead(unit, lead.lead_id, event.reason);
    await this.outbox.add(
      unit,
      having(told, 'triage').map((each) => triageAgain(each, now)),
    );
    const cases = told.flatMap(({ lead, event, way }) =>
      way.effects.flatMap((effect) => (typeof effect === 'object' ? { lead, event, reason: effect.case } : [])),
    );
    if (cases.length > 0) await this.openCases?.(unit, cases, now);
  }

  private async move(unit: Unit, told: readonly Told[], now: string): Promise<void> {
    const moves = told.flatMap(({ lead, way, event }) => {
      const changes = changesOf(lead, way, event.event);
      return changes ? [{ lead, changes }] : [];
    });
    if (moves.length > 0) await this.leads.moveAll(unit, moves, now);
  }

  private async steer(unit: Unit, told: readonly Told[], now: string): Promise<void> {
    const enrolled = told.filter((each): each is Told & { enrolment: Enrolment } => each.enrolment !== undefined);
    const ends = having(enrolled, 'end').map(({ enrolment, event }) => ({ enrolment, reason: event.reason }));
    await this.enrolments.end(unit, ends, now);
    for (const reason of ['campaign', 'case', 'sequence'] as const) {
      const meant = enrolled.filter(({ event: { pausedFor = 'campaign' } }) => pausedFor === reason);
      const paused = having(meant, 'pause').map(({ enrolment }) => enrolment);
      await this.enrolments.pause(unit, paused, reason, now);
      const resumed = having(meant, 'resume').map(({ enrolment }) => enrolment);
      const spread = Math.min(resumed.length * SPREAD_MS_EACH, LONGEST_SPREAD_MS);
      await this.enrolments.resume(unit, resumed, reason, spread, now);
    }
    const steps = having(enrolled, 'step')
      .filter(({ enrolment, event }) => event.message_id === undefined || event.message_id === enrolment.message_id)
      .map(({ enrolment, event }) => ({ enrolment, reason: event.reason }));
    await this.enrolments.retry(unit, steps, now);
  }
}

function having<T extends Told>(told: readonly T[], effect: Way['effects'][number]): T[] {
  return told.filter(({ way }) => way.effects.includes(effect));
}

/** What the way changes about the lead's row; null for nothing. */
function changesOf(lead: Lead, { to }: Way, event: FlowEvent): LeadChanges | null {
  const status = event === 'dismissed' && to === 'closed' ? 'Unqualified' : lead.lead_status;
  if (to === lead.flow_state && status === lead.lead_status) return null;
  return { flow_state: to, lead_status: status };
}

/** Once a day at most for what a lead does by the way; at once for what changes where it can go. */
function triageAgain({ lead: { lead_id }, event }: Told, now: string): OutboxItem {
  const when = event.event === 'reacted' ? now.slice(0, 10) : now;
  return {
    topic: TRIAGE_AGAIN_TOPIC,
    key: `${TRIAGE_AGAIN_TOPIC}:${lead_id}:${when}`,
    payload: { lead_id, reason: event.reason },
    leadId: lead_id,
  };
}
