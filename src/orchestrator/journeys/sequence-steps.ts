import { Injectable } from '@nestjs/common';
import { newId } from '../../config/index.js';
import type { Lead } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import {
  type Advance,
  type Enrolment,
  Enrolments,
  type JourneyEvent,
  Journeys,
  type SequenceDefinition,
  type SequenceStepDefinition,
  type StepTaken,
  dueAfter,
  placeOf,
} from '../../journeys/index.js';
import { type ChannelPermissions, type MessageWish, Outreach, Permissions } from '../../outreach/index.js';
import { OUTREACH_CHANNELS } from '../../vocabulary/index.js';
import { type Engaged, EngagementService } from '../engagement/engagement.service.js';

/** A step whose time has come, for a locked lead. */
export interface DueStep {
  readonly lead: Lead;
  readonly enrolment: Enrolment;
  readonly definition: SequenceDefinition;
  readonly step: SequenceStepDefinition;
  /** The lead's own, or the first, when left out. */
  readonly agentId?: string;
  readonly correlationId?: string;
  /** Somebody asked for it: the agent is asked, whatever stands against sending. */
  readonly isByHand?: boolean;
}

/** What came of a step. */
export type StepResult =
  | { readonly outcome: 'engaged'; readonly engaged: Engaged }
  | { readonly outcome: 'message'; readonly messageId: string }
  | { readonly outcome: 'waits' | 'ends'; readonly reason: string };

/** A step that came to nothing is tried on other channels so often. */
const MOST_TRIES = 3;

/** The next contact window opens within a night and a day. */
export const NEXT_WINDOW_MS = 36 * 3_600_000;

/** Takes the steps of sequences: each is decided anew, on what is known when its time has come. */
@Injectable()
export class SequenceSteps {
  constructor(
    private readonly engagement: EngagementService,
    private readonly enrolments: Enrolments,
    private readonly journeys: Journeys,
    private readonly permissions: Permissions,
    private readonly outreach: Outreach,
  ) {}

  /** @param due no lead twice @returns what came of each, in order */
  async take(unit: Unit, due: readonly DueStep[], now: string): Promise<StepResult[]> {
    const results = new Map<DueStep, StepResult>();
    const leads = due.map(({ lead }) => lead);
    const permissions = await this.permissions.ofLeads(unit, leads);
    const halts: { each: DueStep; halt: Halt }[] = [];
    const going: DueStep[] = [];
    for (const each of due) {
      const halt = haltOf(each, permissions.get(each.lead.lead_id)!);
      if (halt && !each.isByHand) halts.push({ each, halt });
      else going.push(each);
    }
    await this.halt(unit, halts, now);
    for (const { each, halt } of halts)
      results.set(each, { outcome: halt.event === 'campaign_paused' ? 'waits' : 'ends', reason: halt.reason });
    const byAgent = going.filter(({ step }) => step.does === 'agent');
    const engaged = await this.engagement.engageMany(unit, byAgent.map(wishOf), now, { permissions });
    const fixed = going.filter(({ step }) => step.does === 'message');
    const refusals = new Map(fixed.map((each) => [each, permissions.get(each.lead.lead_id)![each.step.channel!]]));
    const open = fixed.filter((each) => refusals.get(each)!.allowed);
    const advances = await this.sendMessages(unit, open, results, now);
    for (const [each, permission] of refusals) {
      if (permission.allowed) continue;
      results.set(each, { outcome: 'waits', reason: permission.reason });
      // the channel of the step is closed to the lead: the sequence goes on with the next one at its time
      advances.push(advance(each, { outcome: 'skipped', detail: permission.reason }, now, now));
    }
    const ends: JourneyEvent[] = [];
    const withPerson: Enrolment[] = [];
    for (const [index, each] of byAgent.entries()) {
      const one = engaged[index]!;
      results.set(each, { outcome: 'engaged', engaged: one });
      const end = endOf(each, one);
      if (end) ends.push(end);
      else if (isWithPerson(one)) withPerson.push(each.enrolment);
      else advances.push(advanceOf(each, one, now));
    }
    await this.enrolments.advance(unit, advances, now);
    await this.enrolments.pause(unit, withPerson, 'case', now);
    await this.journeys.tell(unit, ends, now);
    return due.map((each) => results.get(each)!);
  }

  private async halt(unit: Unit, halts: readonly { each: DueStep; halt: Halt }[], now: string): Promise<void> {
    const waiting = halts.filter(({ halt }) => halt.event === 'wait');
    await this.enrolments.pause(
      unit,
      waiting.map(({ each }) => each.enrolment),
      'case',
      now,
    );
    await this.journeys.tell(
      unit,
      halts.flatMap(({ each, halt: { event, reason } }) =>
        event === 'wait' ? [] : { lead_id: each.lead.lead_id, event, reason },
      ),
      now,
    );
  }

  private async sendMessages(
    unit: Unit,
    due: readonly DueStep[],
    results: Map<DueStep, StepResult>,
    now: string,
  ): Promise<Advance[]> {
    if (due.length === 0) return [];
    const messages = await this.outreach.plan(
      unit,
      due.map((each) => fixedMessage(each, now)),
    );
    return due.map((each, index) => {
      const { message_id, planned_for } = messages[index]!;
      results.set(each, { outcome: 'message', messageId: message_id });
      return advance(each, { outcome: 'message', message_id }, planned_for, now);
    });
  }
}

interface Halt {
  readonly event: 'wait' | 'campaign_paused' | 'campaign_ended' | 'no_channel' | 'dismissed';
  readonly reason: string;
}

/** Why a step is not taken now, though its time has come; null if it is. */
function haltOf({ enrolment, lead }: DueStep, permissions: ChannelPermissions): Halt | null {
  const verdicts = OUTREACH_CHANNELS.map((channel) => permissions[channel]);
  if (enrolment.tries >= MOST_TRIES)
    return { event: 'no_channel', reason: `${enrolment.tries} tries of one step did not go out` };
  if (verdicts.some(({ allowed }) => allowed)) return null;
  const refused = verdicts.flatMap((verdict) => (verdict.allowed ? [] : verdict));
  const by = (rule: string) => refused.find((verdict) => verdict.rule === rule);
  const openCase = by('open_case');
  if (openCase) return { event: 'wait', reason: openCase.reason };
  const campaign = by('campaign');
  if (campaign) return { event: `campaign_${campaign.campaign!}`, reason: campaign.reason };
  const state = by('lead_state');
  // the lead was taken out of marketing by a status that its state in the flow does not show yet
  return state && lead.flow_state !== 'converted' ? { event: 'dismissed', reason: state.reason } : null;
}

function wishOf(each: DueStep) {
  const { lead, definition, agentId, correlationId } = each;
  return {
    lead,
    mode: definition.pace,
    ...(agentId !== undefined && { agentId }),
    ...(correlationId !== undefined && { correlationId }),
    place: placeIn(each),
  };
}

/** What ends the sequence when the agent found nothing to send; undefined while it goes on. */
function endOf({ lead, isByHand }: DueStep, { decision: { outcome } }: Engaged): JourneyEvent | undefined {
  if (outcome.kind === 'message') return undefined;
  const { rule, detail } = outcome;
  const about = { lead_id: lead.lead_id, reason: detail };
  if (rule === 'no_consent' || rule === 'unsubscribed') return { ...about, event: 'consent_missing' };
  if (rule === 'no_channel') return { ...about, event: 'no_channel' };
  // who wrote by hand has seen what there is to doubt
  return outcome.escalation?.blocking && !isByHand ? { ...about, event: 'doubtful' } : undefined;
}

/** The agent leaves the lead to the person who has its case. */
function isWithPerson({ decision: { outcome } }: Engaged): boolean {
  return outcome.kind === 'no_outreach' && outcome.rule === 'with_a_person';
}

function advanceOf(each: DueStep, { decision, decisionId, message }: Engaged, now: string): Advance {
  const { outcome } = decision;
  const taken = message
    ? ({ outcome: 'message', message_id: message.message_id } as const)
    : ({ outcome: 'skipped', ...(outcome.kind === 'no_outreach' && { detail: outcome.detail }) } as const);
  return advance(each, { ...taken, decision_id: decisionId }, countedFrom(message?.planned_for, now), now);
}

/** @param from what follows is due so long after this instant */
function advance(
  { enrolment, definition, step }: DueStep,
  taken: Omit<StepTaken, 'step' | 'at'>,
  from: string,
  now: string,
): Advance {
  const isLast = placeOf(definition, step.id) === definition.steps.length;
  return {
    enrolment,
    taken: { step: step.id, at: now, ...taken },
    next_at: dueAfter(definition, step.id, from),
    why_next: isLast ? 'the end of the wait for an answer' : 'the next step, unless somebody answers',
  };
}

/** A message in the next contact window counts as written now, so that days do not add up step by step. */
function countedFrom(plannedFor: string | undefined, now: string): string {
  if (plannedFor === undefined) return now;
  return Date.parse(plannedFor) - Date.parse(now) <= NEXT_WINDOW_MS ? now : plannedFor;
}

function fixedMessage(each: DueStep, now: string): MessageWish {
  const { lead, enrolment, step } = each;
  return {
    lead_id: lead.lead_id,
    channel: step.channel!,
    subject: step.subject ?? null,
    body: step.body!,
    origin: `sequence:${enrolment.sequence_id}`,
    planned_for: now,
    campaign_id: lead.campaign_id,
    sequence: placeIn(each),
    idempotency_key: newId('seq'),
  };
}

function placeIn({ enrolment, definition, step }: DueStep) {
  return { name: enrolment.sequence_id, step: placeOf(definition, step.id), of: definition.steps.length };
}
