import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { EngagementAgent, type EngagementDecision, type EngagementMode } from '../../agents/engagement/index.js';
import { Clock, Settings, newId } from '../../config/index.js';
import { AgentActions, type Lead, Leads, type NewAgentAction } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import { type Inverse, Ledger } from '../../decisions/index.js';
import { MemoryService, type ShortTermEntry, type ConversationContext } from '../../memory/index.js';
import { conflict, notFound } from '../../errors/index.js';
import { type CommandContext, Operation } from '../../operations/index.js';
import { type Message, type MessageWish, Messages, Outreach } from '../../outreach/index.js';
import { Job, Outbox } from '../../queue/index.js';
import { agentPrincipal } from '../agent-principals.js';
import { AgentFacts } from '../facts/agent-facts.js';
import { ENGAGEMENT_FACTS } from '../facts/engagement-facts.js';
import { LeadContexts, eachLeadOnce } from '../facts/lead-context.js';
import { PortfolioRatesReader } from '../facts/portfolio-rates.js';
import { type Arrival, type HandoffOutcome, HandoffReceivers, completed } from '../handoffs/handoff-receivers.js';
import { type EscalationItem, Inbox } from '../../inbox/index.js';
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

/** That a locked lead is to be engaged: slowly or not, by which agent, on which handoff. */
export interface EngagementWish {
  readonly lead: Lead;
  readonly mode: EngagementMode;
  /** The lead's own, or the first, when left out. */
  readonly agentId?: string | undefined;
  readonly correlationId?: string;
}

export interface Engaged {
  readonly decision: EngagementDecision;
  readonly decisionId: string;
  readonly message: Message | null;
}

/** One lead's engagement with all that follows from it, before it is written. */
interface Plan extends EngagementWish {
  readonly decision: EngagementDecision;
  readonly decisionId: string;
  readonly conversationId: string;
  /** What the conversation was about before. */
  readonly remembered: ConversationContext | undefined;
}

/**
 * Has the engagement agent decide what to say to a lead, and writes what it decided. Whether it is sent is up to the
 * send gate.
 */
@Injectable()
export class EngagementService implements OnModuleInit {
  constructor(
    private readonly agent: EngagementAgent,
    private readonly facts: AgentFacts,
    private readonly contexts: LeadContexts,
    private readonly receivers: HandoffReceivers,
    private readonly leads: Leads,
    private readonly actions: AgentActions,
    private readonly messages: Messages,
    private readonly ledger: Ledger,
    private readonly outreach: Outreach,
    private readonly memory: MemoryService,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
    private readonly rates: PortfolioRatesReader,
    private readonly settings: Settings,
    private readonly clock: Clock,
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
    summary: 'Plan the next message to a lead: variant, channel, words and time',
    rest: { route: 'POST /api/v1/leads/:lead_id/engage', tag: 'agents' },
    aliases: { rest: 'POST /api/agents/engage' },
    resource: 'db://leads',
    audience: 'marketer',
    goesOutside: true,
  })
  async engageOne({ lead_id, mode = 'engage' }: EngageRequest, { unit, now }: CommandContext): Promise<EngageResponse> {
    const lead = await this.leads.lock(unit, lead_id);
    if (!lead) throw notFound('lead', lead_id);
    if (hasEnded(lead))
      throw conflict('lead_ended', `the lead "${lead_id}" is ${lead.flow_state}: there is nobody to engage`);
    const [engaged] = await this.engageMany(unit, [{ lead, mode }], now);
    return toResponse(engaged!);
  }

  /** Decides on locked leads, none of them twice, and writes messages, decisions, actions, memory and next steps. */
  async engageMany(unit: Unit, wishes: readonly EngagementWish[], now: string): Promise<Engaged[]> {
    if (wishes.length === 0) return [];
    const plans = await this.decide(unit, wishes, now);
    const messages = await this.planMessages(unit, plans);
    await this.ledger.record(
      unit,
      plans.map(({ decision, decisionId, correlationId }) => ({
        decision,
        decisionId,
        ...(correlationId && { correlationId }),
        inverse: inverseOf(messages.get(decisionId)),
      })),
    );
    await this.leads.moveAll(
      unit,
      plans.map(({ lead, decision: { outcome, agent_id } }) => ({
        lead,
        changes: { flow_state: nextState(lead.flow_state, eventOf(outcome)), assigned_engagement_agent: agent_id },
      })),
      now,
    );
    await this.actions.record(
      unit,
      plans.map((plan) => actionOf(plan, messages.get(plan.decisionId), now)),
    );
    await this.memory.rememberShortTerm(
      unit,
      plans.map((plan) => memoryOf(plan, messages.get(plan.decisionId))),
      now,
    );
    await this.inbox.escalate(unit, plans.flatMap(escalationOf));
    return plans.map(({ decision, decisionId }) => ({
      decision,
      decisionId,
      message: messages.get(decisionId) ?? null,
    }));
  }

  private async decide(unit: Unit, wishes: readonly EngagementWish[], now: string): Promise<Plan[]> {
    const leads = wishes.map(({ lead }) => lead);
    const context = await this.contexts.read(unit, leads, now);
    const ids = leads.map(({ lead_id }) => lead_id);
    const agentIds = wishes.map(
      ({ lead, agentId: given }) => given ?? lead.assigned_engagement_agent ?? agentId('Engagement'),
    );
    const reader = agentPrincipal('Engagement', ...agentIds);
    const facts = await this.facts.gather(ENGAGEMENT_FACTS, reader, ids, { unit, held: context });
    const { landingUrl } = this.settings;
    const decisions = await Promise.all(
      facts.map((each, index) =>
        this.agent.decide(each, {
          mode: wishes[index]!.mode,
          agent_id: agentIds[index]!,
          ...(landingUrl !== undefined && { landing_base_url: landingUrl }),
        }),
      ),
    );
    return wishes.map((wish, index) => ({
      ...wish,
      decision: decisions[index]!,
      decisionId: newId('dec'),
      conversationId: context.conversationOf(wish.lead.lead_id),
      remembered: context.entryOf(wish.lead.lead_id),
    }));
  }

  /** @returns the planned messages by the decisions behind them */
  private async planMessages(unit: Unit, plans: readonly Plan[]): Promise<Map<string, Message>> {
    const { meanConversionUsd } = await this.rates.current(unit);
    const wishes = plans.flatMap((plan) => messageWish(plan, meanConversionUsd) ?? []);
    if (wishes.length === 0) return new Map();
    await this.outreach.supersede(
      unit,
      new Map(wishes.map(({ lead_id, decision_id }) => [lead_id, `decision ${decision_id} plans anew`])),
    );
    const messages = await this.outreach.plan(unit, wishes);
    const byDecision = new Map(messages.map((message) => [message.decision_id!, message]));
    // only the next one: it decides anew when its time comes, on what is known then
    await this.outbox.add(
      unit,
      plans.flatMap(({ decision: { outcome }, decisionId }) => {
        const message = byDecision.get(decisionId);
        const next = outcome.kind === 'message' ? outcome.follow_ups[0] : undefined;
        if (outcome.kind !== 'message' || !next || !message) return [];
        const { lead_id, message_id } = message;
        const payload: FollowUpJob = { lead_id, mode: outcome.mode, message_id };
        return {
          topic: FOLLOW_UP_TOPIC,
          key: `${FOLLOW_UP_TOPIC}:${decisionId}`,
          payload,
          availableAt: next.planned_for,
          leadId: lead_id,
        };
      }),
    );
    return byDecision;
  }

  /** Each lead is engaged by the agent that it was handed to. */
  private async receive(unit: Unit, arrivals: readonly Arrival[], now: string): Promise<HandoffOutcome[]> {
    const engaged = arrivals.filter(({ lead }) => !hasEnded(lead));
    const results = await this.engageMany(
      unit,
      engaged.map(({ handoff, lead }) => ({
        lead,
        mode: handoff.purpose === 'nurture' ? 'nurture' : 'engage',
        agentId: handoff.to_agent,
        correlationId: handoff.handoff_id,
      })),
      now,
    );
    const outcomes = new Map(
      results.map(({ decisionId, decision, message }, index) => [
        engaged[index]!,
        completed({ decision_id: decisionId, outcome: decision.choice, message_id: message?.message_id ?? null }),
      ]),
    );
    return arrivals.map(
      (arrival) =>
        outcomes.get(arrival) ?? completed({ outcome: `nothing to do: the lead is ${arrival.lead.flow_state}` }),
    );
  }

  @Job(FOLLOW_UP_TOPIC, { takes: 'many', forgetsDone: true })
  async followUp(jobs: readonly Job<FollowUpJob>[], unit: Unit): Promise<void> {
    const now = this.clock.iso();
    for (const due of eachLeadOnce(jobs.map(({ payload }) => payload))) {
      const leads = await this.leads.lockAll(
        unit,
        due.map(({ lead_id }) => lead_id),
      );
      const leadById = new Map(leads.map((lead) => [lead.lead_id, lead]));
      const messages = await this.messages.find(
        unit,
        due.map(({ message_id }) => message_id),
      );
      const sentAt = new Map(messages.map(({ message_id, sent_at }) => [message_id, sent_at]));
      const wishes = due.flatMap(({ lead_id, mode, message_id }): EngagementWish[] => {
        const lead = leadById.get(lead_id);
        if (!lead || !isUnanswered(lead, sentAt.get(message_id))) return [];
        return [{ lead: { ...lead, flow_state: nextState(lead.flow_state, 'no_success') }, mode }];
      });
      await this.engageMany(unit, wishes, now);
    }
  }
}

/** Whether a sequence goes on after a message: it was sent, and nothing came of it yet. */
function isUnanswered({ flow_state, last_active_at }: Lead, sentAt: string | null | undefined): boolean {
  if (sentAt == null || !IN_SEQUENCE.has(flow_state)) return false;
  return last_active_at === null || last_active_at <= sentAt;
}

function inverseOf(message: Message | undefined): Inverse | null {
  return message ? { type: 'message.cancel', message_id: message.message_id, expects: { status: 'planned' } } : null;
}

function messageWish({ decision, decisionId, conversationId }: Plan, meanConversionUsd: number): MessageWish | null {
  const { outcome, agent_id } = decision;
  if (outcome.kind === 'no_outreach') return null;
  const { message, follow_ups, mode } = outcome;
  return {
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
  };
}

function summaryOf({ decision: { outcome } }: Plan, message: Message | undefined): string {
  return outcome.kind === 'message'
    ? `planned ${message!.channel} for ${message!.planned_for}`
    : `no outreach: ${outcome.detail}`;
}

function actionOf(plan: Plan, message: Message | undefined, now: string): NewAgentAction {
  const { lead, decision, decisionId, conversationId } = plan;
  return {
    timestamp: now,
    conversation_id: conversationId,
    lead_id: lead.lead_id,
    action_type: 'outreach',
    source_agent: decision.agent_id,
    source_agent_type: decision.agent_type,
    dest_agent_type: 'Engagement',
    handoff_context_json: {
      summary: summaryOf(plan, message),
      decision_id: decisionId,
      ...(message && { message_id: message.message_id }),
    },
  };
}

/** What was planned is added to the conversation's context, and the rest of it stays as it stands. */
function memoryOf(plan: Plan, message: Message | undefined): ShortTermEntry {
  const { lead, decisionId, conversationId, remembered } = plan;
  return {
    conversation_id: conversationId,
    lead_id: lead.lead_id,
    last_utterance_summary: remembered?.last_utterance_summary ?? '',
    active_intent: remembered?.active_intent ?? 'unknown',
    slots_json: { ...remembered?.slots_json, outreach: { summary: summaryOf(plan, message), decision_id: decisionId } },
  };
}

function escalationOf({ lead, decision, decisionId, conversationId }: Plan): EscalationItem[] {
  const { outcome, agent_id } = decision;
  if (outcome.kind !== 'no_outreach' || !outcome.escalation) return [];
  const { reason, summary } = outcome.escalation;
  return [
    {
      leadId: lead.lead_id,
      campaignId: lead.campaign_id,
      conversationId,
      decisionId,
      reason,
      summary,
      raisedBy: agent_id,
    },
  ];
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
