import { Injectable } from '@nestjs/common';
import type { EngagementMode } from '../../agents/engagement/index.js';
import { type Lead, Leads } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import {
  type EnrolWish,
  type Enrolment,
  Enrolments,
  type JourneyEvent,
  Journeys,
  type PublishedSequence,
  Sequences,
  dueAfter,
  nextState,
  stepAfter,
} from '../../journeys/index.js';
import { type DueStep, type StepResult, SequenceSteps } from './sequence-steps.js';

/** That a locked lead is to go the way of qualified or of cold leads. */
export interface EntryWish {
  readonly lead: Lead;
  readonly mode: EngagementMode;
  /** Principal or agent. */
  readonly by: string;
  /** Somebody wants it now: where it stands does not matter, and its next step does not wait. */
  readonly isByHand?: boolean;
  readonly agentId?: string;
  readonly correlationId?: string;
}

const ENTRY = { engage: 'qualified', nurture: 'cold' } as const;

/** Puts leads into the sequences that triage, or a person, has in mind for them. */
@Injectable()
export class SequenceEntries {
  constructor(
    private readonly leads: Leads,
    private readonly sequences: Sequences,
    private readonly enrolments: Enrolments,
    private readonly steps: SequenceSteps,
    private readonly journeys: Journeys,
  ) {}

  /** @param wishes no lead twice @returns what came of each, in order */
  async enter(unit: Unit, wishes: readonly EntryWish[], now: string): Promise<StepResult[]> {
    const results = new Map<EntryWish, StepResult>();
    const turnedAway: JourneyEvent[] = [];
    const turnAway = (wish: EntryWish, reason: string): void => {
      results.set(wish, { outcome: 'ends', reason });
      turnedAway.push({ lead_id: wish.lead.lead_id, event: 'completed', reason });
    };
    const sequences = new Map<EngagementMode, PublishedSequence | undefined>();
    for (const mode of new Set(wishes.map((wish) => wish.mode)))
      sequences.set(mode, await this.sequences.byEntry(unit, ENTRY[mode]));
    const enrolWishes = new Map<EntryWish, EnrolWish>();
    for (const wish of wishes) {
      const sequence = sequences.get(wish.mode);
      if (sequence) enrolWishes.set(wish, { lead: wish.lead, sequence, by: wish.by, isByHand: wish.isByHand ?? false });
      else turnAway(wish, `no sequence takes ${ENTRY[wish.mode]} leads`);
    }
    const enrolled = await this.enrolments.enrol(unit, [...enrolWishes.values()], now);
    const due: { wish: EntryWish; step: DueStep }[] = [];
    for (const [wish, { sequence }] of enrolWishes) {
      const result = enrolled.get(wish.lead.lead_id)!;
      if (result.outcome === 'refused') {
        turnAway(wish, result.reason);
        continue;
      }
      const { enrolment, outcome } = result;
      if (outcome === 'stays' && !wish.isByHand) {
        results.set(wish, { outcome: 'waits', reason: `is in ${enrolment.sequence_id} already` });
        continue;
      }
      const step = await this.firstStep(unit, wish, enrolment, sequence, now);
      if ('outcome' in step) results.set(wish, step);
      else due.push({ wish, step });
    }
    const taken = await this.steps.take(
      unit,
      due.map(({ step }) => step),
      now,
    );
    for (const [index, { wish }] of due.entries()) results.set(wish, taken[index]!);
    await this.journeys.tell(unit, turnedAway, now);
    return wishes.map((wish) => results.get(wish)!);
  }

  /**
   * Puts a lead into a sequence that is named, and takes its first step where that is due at once.
   * @param isByHand a person's word counts although the sequence would not take the lead again yet
   * @returns undefined when no such sequence is in force
   */
  async enterSequence(
    unit: Unit,
    lead: Lead,
    sequenceId: string,
    { by, isByHand = false }: { readonly by: string; readonly isByHand?: boolean },
    now: string,
  ): Promise<StepResult | undefined> {
    const sequence = (await this.sequences.inForce(unit, [sequenceId])).get(sequenceId);
    if (!sequence) return undefined;
    const result = (await this.enrolments.enrol(unit, [{ lead, sequence, by, isByHand }], now)).get(lead.lead_id)!;
    if (result.outcome === 'refused') return { outcome: 'ends', reason: result.reason };
    if (result.outcome === 'stays') return { outcome: 'waits', reason: `is in ${sequenceId} already` };
    const { pace } = sequence.definition;
    const flow_state = nextState(lead.flow_state, pace === 'nurture' ? 'cold' : 'qualified');
    const moved = flow_state === lead.flow_state ? lead : await this.leads.move(unit, lead, { flow_state }, now);
    const step = await this.firstStep(unit, { lead: moved, mode: pace, by }, result.enrolment, sequence, now);
    return 'outcome' in step ? step : (await this.steps.take(unit, [step], now))[0]!;
  }

  /** The step that is due at once, or why it waits. */
  private async firstStep(
    unit: Unit,
    wish: EntryWish,
    enrolment: Enrolment,
    sequence: PublishedSequence,
    now: string,
  ): Promise<DueStep | StepResult> {
    const definition = await this.sequences.definitionOf(unit, enrolment.sequence_id, enrolment.sequence_version);
    const next = stepAfter(definition, enrolment.step_id);
    // who asks for one by hand is not told that there is none, and the agent writes it
    const step = wish.isByHand ? { ...(next ?? definition.steps.at(-1)!), does: 'agent' as const } : next;
    if (sequence.isPaused && !wish.isByHand) {
      await this.enrolments.pause(unit, [enrolment], 'sequence', now);
      return { outcome: 'waits', reason: `the sequence "${sequence.sequence_id}" is paused` };
    }
    if (!step || (step.wait_days > 0 && !wish.isByHand)) {
      const next_at = dueAfter(definition, enrolment.step_id, now);
      await this.enrolments.schedule(unit, [{ enrolment, next_at, why_next: 'the next step' }], now);
      return { outcome: 'waits', reason: `the next step is due at ${next_at}` };
    }
    const { lead, agentId, correlationId } = wish;
    return {
      lead,
      enrolment,
      definition,
      step,
      isByHand: wish.isByHand ?? false,
      ...(agentId !== undefined && { agentId }),
      ...(correlationId !== undefined && { correlationId }),
    };
  }
}
