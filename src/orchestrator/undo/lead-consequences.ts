import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { Reader, Unit } from '../../database/index.js';
import { type DecisionTaken, InverseRegistry, type UndoContext } from '../../decisions/index.js';
import { CasesOfDecisions } from '../../inbox/index.js';
import { Enrolments } from '../../journeys/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { MemoryService } from '../../memory/index.js';
import { Messages, Outreach } from '../../outreach/index.js';
import { handoffEvent } from '../handoffs/handoff-event.js';
import { Handoff, UNFINISHED_HANDOFFS } from '../handoffs/handoff.entity.js';

const UNFINISHED = [...UNFINISHED_HANDOFFS];

/**
 * What follows from a decision about a lead besides its own effects: the handoff, the sequence that it is in, the cases
 * and questions that wait for people, the note of it in memory. What a person has settled since, and a message of the
 * sequence that went out, stand against taking it back.
 */
@Injectable()
export class LeadConsequences implements OnModuleInit {
  constructor(
    private readonly inverses: InverseRegistry,
    private readonly cases: CasesOfDecisions,
    private readonly enrolments: Enrolments,
    private readonly outreach: Outreach,
    private readonly messages: Messages,
    private readonly memory: MemoryService,
    private readonly liveEvents: LiveEvents,
  ) {}

  onModuleInit(): void {
    this.inverses.follows({
      whyNot: (reader, decisions) => this.whyNot(reader, decisions.filter(isAboutLead)),
      takeBack: (unit, decision, context) =>
        isAboutLead(decision) ? this.takeBack(unit, decision, context) : Promise.resolve(),
    });
  }

  private async whyNot(reader: Reader, decisions: readonly DecisionTaken[]): Promise<ReadonlyMap<string, string>> {
    const leadIds = [...new Set(decisions.map(({ subject_id }) => subject_id))];
    const settled = await this.cases.settled(reader, leadIds);
    const sent = await this.messages.sentBySequences(reader, leadIds);
    const reasons = new Map<string, string>();
    for (const { decision_id, subject_id, created_at } of decisions) {
      const settledCase = settled.get(decision_id);
      const message = sent.get(subject_id)?.find((each) => each.created_at >= created_at);
      if (settledCase !== undefined) reasons.set(decision_id, `a person has settled the case ${settledCase} since`);
      else if (message) reasons.set(decision_id, `the message ${message.message_id} of the sequence has gone out`);
    }
    return reasons;
  }

  private async takeBack(unit: Unit, decision: DecisionTaken, { principal, now, reason }: UndoContext): Promise<void> {
    const { decision_id, subject_id: lead_id, correlation_id } = decision;
    if (correlation_id !== null) await this.stopHandoff(unit, correlation_id, decision_id, reason);
    await this.enrolments.takeBack(unit, lead_id, decision, reason, now);
    await this.outreach.cancelOfSequences(unit, lead_id, decision.created_at, `decision undone: ${reason}`);
    await this.cases.withdraw(unit, { decision_id, lead_id }, { by: principal.id, reason, now });
    await this.forget(unit, lead_id, decision_id, now);
  }

  /** What has not been finished on the strength of the decision does not happen any more. */
  private async stopHandoff(unit: Unit, handoff_id: string, decision_id: string, reason: string): Promise<void> {
    const where = { handoff_id, decision_id, status: UNFINISHED };
    const [unfinished] = await unit.of(Handoff).find(where, { lock: true });
    if (!unfinished) return;
    this.liveEvents.publish(unit, handoffEvent(unfinished, 'failed'));
    const failure = `the decision behind it was undone: ${reason}`;
    await unit.of(Handoff).update({ handoff_id }, { status: 'failed', failure });
  }

  /** The conversation's context no longer says what was decided. */
  private async forget(unit: Unit, leadId: string, decisionId: string, now: string): Promise<void> {
    const entries = await this.memory.shortTermOf(unit, [leadId], now);
    const changed = entries.flatMap((entry) => {
      const kept = Object.entries(entry.slots_json).filter(([, slot]) => !isOf(slot, decisionId));
      if (kept.length === Object.keys(entry.slots_json).length) return [];
      const { conversation_id, lead_id, last_utterance_summary, active_intent } = entry;
      return [
        { conversation_id, lead_id, last_utterance_summary, active_intent, slots_json: Object.fromEntries(kept) },
      ];
    });
    if (changed.length > 0) await this.memory.rememberShortTerm(unit, changed, now);
  }
}

const isAboutLead = ({ subject_type }: DecisionTaken): boolean => subject_type === 'lead';

function isOf(slot: unknown, decisionId: string): boolean {
  return typeof slot === 'object' && slot !== null && (slot as { decision_id?: unknown }).decision_id === decisionId;
}
