import { Injectable } from '@nestjs/common';
import { EngagementAgent, type EngagementDecision, type EngagementMode } from '../../agents/engagement/index.js';
import { Settings, newId } from '../../config/index.js';
import { AgentActions, type Lead, type LeadChanges, Leads, type NewAgentAction } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import { type Inverse, Ledger, followedBy } from '../../decisions/index.js';
import { MemoryService, type ShortTermEntry, type ConversationContext } from '../../memory/index.js';
import { type Message, type MessageWish, Outreach, type SequenceStep } from '../../outreach/index.js';
import { agentPrincipal } from '../agent-principals.js';
import { AgentFacts } from '../facts/agent-facts.js';
import { ENGAGEMENT_FACTS } from '../facts/engagement-facts.js';
import { type HeldRows, LeadContexts } from '../facts/lead-context.js';
import { PortfolioRatesReader } from '../facts/portfolio-rates.js';
import { type EscalationItem, Inbox } from '../../inbox/index.js';
import { nextState } from '../../journeys/index.js';
import { restoring } from '../undo/restoring.js';
import { agentId } from '../../vocabulary/index.js';

/** That a locked lead is to be engaged: slowly or not, by which agent, on which handoff. */
export interface EngagementWish {
  readonly lead: Lead;
  readonly mode: EngagementMode;
  /** The lead's own, or the first, when left out. */
  readonly agentId?: string | undefined;
  readonly correlationId?: string;
  /** The step of a sequence that it is. */
  readonly place?: SequenceStep;
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
export class EngagementService {
  constructor(
    private readonly agent: EngagementAgent,
    private readonly facts: AgentFacts,
    private readonly contexts: LeadContexts,
    private readonly leads: Leads,
    private readonly actions: AgentActions,
    private readonly ledger: Ledger,
    private readonly outreach: Outreach,
    private readonly memory: MemoryService,
    private readonly inbox: Inbox,
    private readonly rates: PortfolioRatesReader,
    private readonly settings: Settings,
  ) {}

  /**
   * Decides on locked leads, none of them twice, and writes messages, decisions, actions and memory.
   * @param held what the caller has read of these leads in the unit already
   */
  async engageMany(
    unit: Unit,
    wishes: readonly EngagementWish[],
    now: string,
    held: Pick<HeldRows, 'permissions'> = {},
  ): Promise<Engaged[]> {
    if (wishes.length === 0) return [];
    const plans = await this.decide(unit, wishes, now, held);
    const messages = await this.planMessages(unit, plans);
    await this.ledger.record(
      unit,
      plans.map((plan) => ({
        decision: plan.decision,
        decisionId: plan.decisionId,
        ...(plan.correlationId && { correlationId: plan.correlationId }),
        inverse: inverseOf(plan, messages.get(plan.decisionId)),
      })),
    );
    await this.leads.moveAll(
      unit,
      plans.map((plan) => ({ lead: plan.lead, changes: changesOf(plan) })),
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

  private async decide(
    unit: Unit,
    wishes: readonly EngagementWish[],
    now: string,
    { permissions }: Pick<HeldRows, 'permissions'>,
  ): Promise<Plan[]> {
    const leads = wishes.map(({ lead }) => lead);
    const context = await this.contexts.read(unit, leads, now);
    const ids = leads.map(({ lead_id }) => lead_id);
    const agentIds = wishes.map(
      ({ lead, agentId: given }) => given ?? lead.assigned_engagement_agent ?? agentId('Engagement'),
    );
    const reader = agentPrincipal('Engagement', ...agentIds);
    const facts = await this.facts.gather(ENGAGEMENT_FACTS, reader, ids, {
      unit,
      held: { leads: context.leads, shortTerm: context.shortTerm, ...(permissions && { permissions }) },
    });
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
    return new Map(messages.map((message) => [message.decision_id!, message]));
  }
}

function changesOf({ lead, decision: { outcome, agent_id } }: Plan): LeadChanges {
  return {
    ...(outcome.kind === 'message' && { flow_state: nextState(lead.flow_state, 'message_planned') }),
    assigned_engagement_agent: agent_id,
  };
}

function inverseOf(plan: Plan, message: Message | undefined): Inverse {
  const restore = restoring(plan.lead, changesOf(plan));
  return message
    ? followedBy(restore, { type: 'message.cancel', message_id: message.message_id, expects: {} })
    : restore;
}

function messageWish(
  { decision, decisionId, conversationId, place }: Plan,
  meanConversionUsd: number,
): MessageWish | null {
  const { outcome, agent_id } = decision;
  if (outcome.kind === 'no_outreach') return null;
  const { message } = outcome;
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
    sequence: place ?? null,
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
