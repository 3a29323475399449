import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { EngagementAgent, type EngagementDecision, type EngagementMode } from '../../agents/engagement/index.js';
import { Clock, Settings, newId } from '../../config/index.js';
import { AgentAction, Lead, leadUpdated, openConversation } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import { Ledger } from '../../decisions/index.js';
import { MemoryService } from '../../memory/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { type CommandContext, Operation, conflict, notFound } from '../../operations/index.js';
import { Message, Outreach } from '../../outreach/index.js';
import { type Job, JobHandlers, Outbox } from '../../queue/index.js';
import { agentPrincipal } from '../agent-principals.js';
import { PortfolioRatesReader } from '../facts/portfolio-rates.js';
import { Inbox } from '../../inbox/index.js';
import { type FlowEvent, nextState } from '../../journeys/index.js';
import { EngageRequest, EngageResponse } from './engagement.dto.js';
import { agentId } from '../../vocabulary/index.js';

const FOLLOW_UP_TOPIC = 'lead.follow_up';
const ENDED = new Set(['converted', 'closed']);
/** Where leads stand whom a sequence of messages is under way to. */
const IN_SEQUENCE = new Set(['outreach', 'nurturing']);

interface FollowUpJob {
  lead_id: string;
  mode: EngagementMode;
  /**
   * The message that it follows. Not sent (held, superseded, its decision undone) or answered, it is followed by
   * nothing.
   */
  message_id: string;
}

/** There is nobody to engage any more. */
export function hasEnded({ flow_state }: Lead): boolean {
  return ENDED.has(flow_state);
}

export interface Engaged {
  readonly decision: EngagementDecision;
  readonly decisionId: string;
  readonly message: Message | null;
}

/**
 * Has the engagement agent decide what to say to a lead, and writes what it decided. Whether it is sent is up to the
 * send gate.
 */
@Injectable()
export class EngagementService implements OnModuleInit {
  constructor(
    private readonly agent: EngagementAgent,
    private readonly ledger: Ledger,
    private readonly outreach: Outreach,
    private readonly memory: MemoryService,
    private readonly inbox: Inbox,
    private readonly liveEvents: LiveEvents,
    private readonly outbox: Outbox,
    private readonly rates: PortfolioRatesReader,
    private readonly handlers: JobHandlers,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.handlers.register(FOLLOW_UP_TOPIC, { run: (job: Job<FollowUpJob>, unit) => this.followUp(unit, job.payload) });
  }

  @Operation({
    name: 'lead.engage',
    permission: 'leads:write',
    kind: 'command',
    request: EngageRequest,
    response: EngageResponse,
    summary: 'Plan the next message to a lead: variant, channel, words and time',
    rest: { route: 'POST /api/v1/leads/:lead_id/engage', tag: 'agents' },
    aliases: { rest: 'POST /api/agents/engage' },
    resource: 'db://leads',
    audience: 'marketer',
    goesOutside: true,
  })
  async engageOne({ lead_id, mode = 'engage' }: EngageRequest, { unit, now }: CommandContext): Promise<EngageResponse> {
    const [lead] = await unit.of(Lead).find({ lead_id }, { lock: true });
    if (!lead) throw notFound('lead', lead_id);
    if (hasEnded(lead))
      throw conflict('lead_ended', `the lead "${lead_id}" is ${lead.flow_state}: there is nobody to engage`);
    return toResponse(await this.engage(unit, lead, now, { mode }));
  }

  /** Decides on one locked lead and writes message, decision, action, memory and the next step. */
  async engage(
    unit: Unit,
    lead: Lead,
    now: string,
    about: { mode: EngagementMode; agentId?: string; correlationId?: string },
  ): Promise<Engaged> {
    const id = about.agentId ?? lead.assigned_engagement_agent ?? agentId('Engagement');
    const { landingUrl } = this.settings;
    const options = {
      mode: about.mode,
      agent_id: id,
      ...(landingUrl !== undefined && { landing_base_url: landingUrl }),
    };
    const [decision] = await this.agent.decideMany([lead.lead_id], options, {
      principal: agentPrincipal('Engagement', id),
      unit,
    });
    const conversation = await openConversation(unit, lead.lead_id, now);
    const decisionId = newId('dec');
    const message = await this.planMessage(unit, decision!, decisionId, conversation.conversation_id);
    await this.ledger.record(unit, [
      {
        decision: decision!,
        decisionId,
        ...(about.correlationId && { correlationId: about.correlationId }),
        inverse: message
          ? { type: 'message.cancel', message_id: message.message_id, expects: { status: 'planned' } }
          : null,
      },
    ]);
    await this.writeDown(unit, lead, decision!, {
      decisionId,
      conversationId: conversation.conversation_id,
      message,
      now,
    });
    return { decision: decision!, decisionId, message };
  }

  private async planMessage(
    unit: Unit,
    { outcome, agent_id }: EngagementDecision,
    decisionId: string,
    conversationId: string,
  ): Promise<Message | null> {
    if (outcome.kind === 'no_outreach') return null;
    const { message, follow_ups, mode } = outcome;
    const { meanConversionUsd } = await this.rates.current();
    await this.outreach.supersede(unit, message.lead_id, `decision ${decisionId} plans anew`);
    const [planned] = await this.outreach.plan(unit, [
      {
        lead_id: message.lead_id,
        channel: message.channel,
        subject: message.subject,
        body: message.body,
        origin: agent_id,
        planned_for: message.planned_for,
        campaign_id: message.campaign_id,
        conversation_id: conversationId,
        variant_id: message.variant_id,
        decision_id: decisionId,
        expected_value: message.expected_success * meanConversionUsd,
        idempotency_key: `engage:${decisionId}`,
        sequence: { name: mode, step: 1, of: 1 + follow_ups.length },
      },
    ]);
    // only the next one: it decides anew when its time comes, on what is known then
    const [next] = follow_ups;
    if (next) {
      const payload: FollowUpJob = { lead_id: message.lead_id, mode, message_id: planned!.message_id };
      await this.outbox.add(unit, [
        { topic: FOLLOW_UP_TOPIC, key: `${FOLLOW_UP_TOPIC}:${decisionId}`, payload, availableAt: next.planned_for },
      ]);
    }
    return planned!;
  }

  private async writeDown(
    unit: Unit,
    lead: Lead,
    { outcome, agent_id, agent_type }: EngagementDecision,
    {
      decisionId,
      conversationId,
      message,
      now,
    }: { decisionId: string; conversationId: string; message: Message | null; now: string },
  ): Promise<void> {
    const flow_state = nextState(lead.flow_state, eventOf(outcome));
    await unit
      .of(Lead)
      .update(
        { lead_id: lead.lead_id },
        { flow_state, assigned_engagement_agent: agent_id, version: lead.version + 1, updated_at: now },
      );
    this.liveEvents.publish(unit, leadUpdated(lead.lead_id));
    const summary =
      outcome.kind === 'message'
        ? `planned ${message!.channel} for ${message!.planned_for}`
        : `no outreach: ${outcome.detail}`;
    await unit
      .of(AgentAction)
      .insert({
        action_id: newId('act'),
        timestamp: now,
        conversation_id: conversationId,
        lead_id: lead.lead_id,
        action_type: 'outreach',
        source_agent: agent_id,
        source_agent_type: agent_type,
        dest_agent_type: 'Engagement',
        escalation_reason: 'none',
        handoff_context_json: { summary, decision_id: decisionId, ...(message && { message_id: message.message_id }) },
      });
    await this.remember(unit, lead.lead_id, conversationId, { summary, decision_id: decisionId }, now);
    if (outcome.kind === 'no_outreach' && outcome.escalation) {
      const { reason, summary: why } = outcome.escalation;
      await this.inbox.escalate(unit, [
        {
          leadId: lead.lead_id,
          campaignId: lead.campaign_id,
          conversationId,
          decisionId,
          reason,
          summary: why,
          raisedBy: agent_id,
        },
      ]);
    }
  }

  /** Adds what was planned to the conversation's context and leaves the rest of it as it stands. */
  private async remember(
    unit: Unit,
    leadId: string,
    conversationId: string,
    outreach: object,
    now: string,
  ): Promise<void> {
    const entries = await this.memory.shortTermOf(unit, [leadId], now);
    const entry = entries.find((each) => each.conversation_id === conversationId);
    await this.memory.rememberShortTerm(
      unit,
      [
        {
          conversation_id: conversationId,
          lead_id: leadId,
          last_utterance_summary: entry?.last_utterance_summary ?? '',
          active_intent: entry?.active_intent ?? 'unknown',
          slots_json: { ...entry?.slots_json, outreach },
        },
      ],
      now,
    );
  }

  private async followUp(unit: Unit, { lead_id, mode, message_id }: FollowUpJob): Promise<void> {
    const [lead] = await unit.of(Lead).find({ lead_id }, { lock: true });
    const message = await unit.of(Message).get(message_id);
    if (!lead || message?.sent_at == null || !IN_SEQUENCE.has(lead.flow_state)) return;
    if (lead.last_active_at !== null && lead.last_active_at > message.sent_at) return;
    const now = this.clock.iso();
    const flow_state = nextState(lead.flow_state, 'no_success');
    await this.engage(unit, { ...lead, flow_state }, now, { mode });
  }
}

function eventOf(outcome: EngagementDecision['outcome']): FlowEvent {
  if (outcome.kind === 'message') return 'message_planned';
  if (outcome.rule === 'no_consent' || outcome.rule === 'unsubscribed') return 'consent_missing';
  return outcome.escalation?.blocking ? 'doubtful' : 'no_success';
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
