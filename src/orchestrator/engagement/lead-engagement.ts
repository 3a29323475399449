import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { type Lead, Leads } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import { conflict, notFound } from '../../errors/index.js';
import { type CommandContext, Operation } from '../../operations/index.js';
import { type Arrival, type HandoffOutcome, HandoffReceivers, completed } from '../handoffs/handoff-receivers.js';
import { SequenceEntries } from '../journeys/sequence-entries.js';
import type { StepResult } from '../journeys/sequence-steps.js';
import { EngageRequest, EngageResponse } from './engagement.dto.js';
import { type Engaged, EngagementService } from './engagement.service.js';

const ENDED = new Set(['converted', 'closed']);

/** There is nobody to engage any more. */
export function hasEnded({ flow_state }: Lead): boolean {
  return ENDED.has(flow_state);
}

/** How leads come to the engagement agent: over a door, and by a handoff. */
@Injectable()
export class LeadEngagement implements OnModuleInit {
  constructor(
    private readonly receivers: HandoffReceivers,
    private readonly leads: Leads,
    private readonly entries: SequenceEntries,
    private readonly engagement: EngagementService,
  ) {}

  onModuleInit(): void {
    this.receivers.register('Engagement', (unit, arrivals, now) => this.receive(unit, arrivals, now));
  }

  @Operation({
    name: 'lead.engage',
    permission: 'leads:write',
    kind: 'command',
    request: EngageRequest,
    response: EngageResponse,
    summary: 'Plan the next message to a lead now: variant, channel, words and time; its sequence goes on from there',
    rest: { route: 'POST /api/v1/leads/:lead_id/engage', tag: 'agents' },
    aliases: { rest: 'POST /api/agents/engage' },
    resource: 'db://leads',
    audience: 'marketer',
    goesOutside: true,
  })
  async engageOne(
    { lead_id, mode = 'engage' }: EngageRequest,
    { unit, now, principal }: CommandContext,
  ): Promise<EngageResponse> {
    const lead = await this.leads.lock(unit, lead_id);
    if (!lead) throw notFound('lead', lead_id);
    if (hasEnded(lead))
      throw conflict('lead_ended', `the lead "${lead_id}" is ${lead.flow_state}: there is nobody to engage`);
    const [result] = await this.entries.enter(unit, [{ lead, mode, by: principal.id, isByHand: true }], now);
    if (result?.outcome === 'engaged') return toResponse(result.engaged);
    // no sequence takes such leads: one message, and nothing follows
    const [engaged] = await this.engagement.engageMany(unit, [{ lead, mode }], now);
    return toResponse(engaged!);
  }

  /** Each lead is engaged by the agent that it was handed to. */
  private async receive(unit: Unit, arrivals: readonly Arrival[], now: string): Promise<HandoffOutcome[]> {
    const outcomes = new Map<Arrival, HandoffOutcome>();
    const open = arrivals.filter(({ lead }) => !hasEnded(lead));
    const results = await this.entries.enter(
      unit,
      open.map(({ handoff, lead }) => ({
        lead,
        mode: handoff.purpose === 'nurture' ? 'nurture' : 'engage',
        by: handoff.from_agent,
        isByHand: handoff.purpose === 'request',
        agentId: handoff.to_agent,
        correlationId: handoff.handoff_id,
      })),
      now,
    );
    for (const [index, result] of results.entries()) outcomes.set(open[index]!, outcomeOf(result));
    return arrivals.map(
      (arrival) =>
        outcomes.get(arrival) ?? completed({ outcome: `nothing to do: the lead is ${arrival.lead.flow_state}` }),
    );
  }
}

function outcomeOf(result: StepResult): HandoffOutcome {
  switch (result.outcome) {
    case 'engaged': {
      const { decisionId, decision, message } = result.engaged;
      return completed({ decision_id: decisionId, outcome: decision.choice, message_id: message?.message_id ?? null });
    }
    case 'message':
      return completed({ outcome: 'the message of the sequence is planned', message_id: result.messageId });
    case 'waits':
    case 'ends':
      return completed({ outcome: result.reason });
  }
}

function toResponse({ decision, decisionId, message }: Engaged): EngageResponse {
  const { outcome } = decision;
  return {
    lead_id: decision.subject.id,
    outcome: outcome.kind,
    rule: outcome.kind === 'no_outreach' ? outcome.rule : null,
    message:
      outcome.kind === 'message' && message
        ? {
            message_id: message.message_id,
            channel: message.channel,
            variant_id: message.variant_id,
            subject: message.subject,
            body: message.body,
            planned_for: message.planned_for,
            time_zone: outcome.message.time_zone,
            expected_success: outcome.message.expected_success,
          }
        : null,
    confidence: decision.confidence,
    reasons: [...decision.reasons],
    decision_id: decisionId,
    agent_id: decision.agent_id,
  };
}
