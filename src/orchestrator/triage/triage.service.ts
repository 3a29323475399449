import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { TriageFacts } from '../../agents/core/index.js';
import {
  draftReply,
  LeadTriageAgent,
  type TriageDecision,
  type TriageOptions,
  type TriageOutcome,
} from '../../agents/lead-triage/index.js';
import { newId } from '../../config/index.js';
import type { Unit } from '../../database/index.js';
import { AgentActions, type Lead, type LeadChanges, Leads, type NewAgentAction } from '../../crm/index.js';
import { Ledger } from '../../decisions/index.js';
import { MemoryService, type ConversationContext } from '../../memory/index.js';
import { conflict, notFound } from '../../errors/index.js';
import { type CommandContext, Operation } from '../../operations/index.js';
import { agentPrincipal } from '../agent-principals.js';
import { AgentFacts } from '../facts/agent-facts.js';
import { FactFaces } from '../facts/fact-faces.js';
import { toldSoFar } from '../facts/told-so-far.js';
import { Attention } from './attention.js';
import { type LeadContext, LeadContexts } from '../facts/lead-context.js';
import { TRIAGE_FACTS } from '../facts/triage-facts.js';
import { type Arrival, type HandoffOutcome, HandoffReceivers, completed } from '../handoffs/handoff-receivers.js';
import { type HandoffRequest, Handoffs } from '../handoffs/handoffs.js';
import { type EscalationItem, Inbox } from '../../inbox/index.js';
import { type FlowEvent, Journeys, nextState } from '../../journeys/index.js';
import { restoring } from '../undo/restoring.js';
import { TriageRequest, TriageResponse } from './triage.dto.js';
import { agentId } from '../../vocabulary/index.js';

const EVENT_BY_ROUTE: Readonly<Record<TriageOutcome['route'], FlowEvent>> = {
  engagement: 'qualified',
  nurture: 'cold',
  support: 'inquiry',
  person: 'doubtful',
};

/** Who has bought needs no sorting any more. */
export function isTriageable({ flow_state }: Lead): boolean {
  return flow_state !== 'converted';
}

/** One lead's triage with all that follows from it, before it is written. */
interface Plan {
  readonly decision: TriageDecision;
  readonly decisionId: string;
  readonly lead: Lead;
  readonly changes: LeadChanges;
  readonly conversationId: string;
  /** What the conversation was about before. */
  readonly remembered: ConversationContext | undefined;
  readonly escalations: EscalationItem[];
  readonly handoff: (HandoffRequest & { handoff_id: string }) | undefined;
}

export interface Triaged extends Plan {
  /** In the order of `escalations`; a case that is open already keeps its id. */
  readonly escalationIds: readonly string[];
}

/**
 * Has the triage agent decide, and writes what it decided: lead, decision, action, memory, and the work that follows.
 */
@Injectable()
export class TriageService implements OnModuleInit {
  constructor(
    private readonly agent: LeadTriageAgent,
    private readonly facts: AgentFacts,
    private readonly contexts: LeadContexts,
    private readonly faces: FactFaces,
    private readonly attention: Attention,
    private readonly receivers: HandoffReceivers,
    private readonly leads: Leads,
    private readonly actions: AgentActions,
    private readonly ledger: Ledger,
    private readonly memory: MemoryService,
    private readonly handoffs: Handoffs,
    private readonly inbox: Inbox,
    private readonly journeys: Journeys,
  ) {}

  onModuleInit(): void {
    this.receivers.register('LeadTriage', (unit, arrivals, now) => this.receive(unit, arrivals, now));
  }

  @Operation({
    name: 'lead.triage',
    permission: 'leads:write',
    kind: 'command',
    request: TriageRequest,
    response: TriageResponse,
    summary: 'Sort a lead into a category, with the score, the reasons and the next step',
    rest: { route: 'POST /api/v1/leads/:lead_id/triage', tag: 'agents' },
    aliases: { rest: 'POST /api/agents/triage' },
    resource: 'db://leads',
    audience: 'marketer',
  })
  async triage(
    { lead_id, priority, confidence_threshold }: TriageRequest,
    { unit, now }: CommandContext,
  ): Promise<TriageResponse> {
    const options = {
      ...(priority && { priority }),
      ...(confidence_threshold !== undefined && { confidence_threshold }),
    };
    const lead = await this.leads.lock(unit, lead_id);
    if (!lead) throw notFound('lead', lead_id);
    if (!isTriageable(lead))
      throw conflict('lead_converted', `the lead "${lead_id}" has converted: there is nothing to triage`);
    const [triaged] = await this.triageMany(unit, [lead], now, options);
    return toTriageResponse(triaged!, now);
  }

  /** Triages locked leads and writes all that follows, in a fixed number of statements. */
  async triageMany(unit: Unit, leads: readonly Lead[], now: string, options: TriageOptions = {}): Promise<Triaged[]> {
    const ids = leads.map(({ lead_id }) => lead_id);
    const agent = agentPrincipal('LeadTriage', options.agent_id ?? agentId('LeadTriage'));
    const context = await this.contexts.read(unit, leads, now);
    const facts = await this.facts.gather(TRIAGE_FACTS, agent, ids, { unit, held: context });
    const decisions = await this.decideWithin(unit, facts, options, now);
    const history = await toldSoFar(
      this.faces,
      unit,
      decisions.filter(isHandedOn).map(({ subject }) => subject.id),
    );
    const plans = decisions.map((decision, index) => planTriage(decision, leads[index]!, context, history));
    await this.leads.moveAll(unit, plans, now);
    await this.ledger.record(
      unit,
      plans.map((plan) => ({
        decision: plan.decision,
        decisionId: plan.decisionId,
        inverse: restoring(plan.lead, plan.changes),
        ...(plan.handoff && { correlationId: plan.handoff.handoff_id }),
      })),
    );
    await this.actions.record(
      unit,
      plans.flatMap((plan) => actionsOf(plan, now)),
    );
    await this.memory.rememberShortTerm(
      unit,
      plans.map((plan) => memoryOf(plan, now)),
      now,
    );
    await this.handoffs.request(
      unit,
      plans.flatMap(({ handoff }) => handoff ?? []),
      now,
    );
    const escalationIds = await this.inbox.escalate(
      unit,
      plans.flatMap(({ escalations }) => escalations),
    );
    const toPeople = plans.filter(
      ({ decision, lead }) => lead.flow_state !== 'new' && ['support', 'person'].includes(decision.outcome.route),
    );
    await this.journeys.handedToPerson(
      unit,
      toPeople.map(({ lead }) => lead.lead_id),
      'triage gave the lead to a person',
      now,
    );
    return plans.map((plan) => ({ ...plan, escalationIds: escalationIds.splice(0, plan.escalations.length) }));
  }

  /**
   * Decides on all within the attention that is left for the day: where some is, again on those that it does not
   * reach. A lead that is in the inbox as doubtful already stays there and takes none anew.
   */
  private async decideWithin(
    unit: Unit,
    facts: readonly TriageFacts[],
    options: TriageOptions,
    now: string,
  ): Promise<TriageDecision[]> {
    const open = await this.faces.inbox.openReasons(
      unit,
      facts.map(({ lead }) => lead.lead_id),
    );
    const isNew = ({ lead }: TriageFacts): boolean => !open.get(lead.lead_id)?.includes('low_confidence');
    const unseen: TriageOptions = { ...options, attention: 'spent' };
    if (!(await this.attention.isLeft(unit, now)))
      return facts.map((each) => this.agent.decide(each, isNew(each) ? unseen : options));
    const decisions = facts.map((each) => this.agent.decide(each, options));
    const waits = (index: number): boolean => isForPerson(decisions[index]!) && isNew(facts[index]!);
    const doubts = decisions
      .filter((_, index) => waits(index))
      .map(({ subject, outcome }) => ({ lead_id: subject.id, at_stake_usd: outcome.at_stake_usd ?? 0 }));
    const looked = await this.attention.take(unit, doubts, now);
    return decisions.map((decision, index) =>
      waits(index) && !looked.has(decision.subject.id) ? this.agent.decide(facts[index]!, unseen) : decision,
    );
  }

  /** Each lead is triaged by the agent that it was handed to. */
  private async receive(unit: Unit, arrivals: readonly Arrival[], now: string): Promise<HandoffOutcome[]> {
    const outcomes = new Map<Arrival, HandoffOutcome>();
    const byAgent = new Map<string, Arrival[]>();
    for (const arrival of arrivals) {
      const { handoff, lead } = arrival;
      if (isTriageable(lead)) byAgent.set(handoff.to_agent, [...(byAgent.get(handoff.to_agent) ?? []), arrival]);
      else outcomes.set(arrival, completed({ outcome: `nothing to do: the lead is ${lead.flow_state}` }));
    }
    for (const [agent_id, some] of byAgent) {
      const leads = some.map(({ lead }) => lead);
      const triaged = await this.triageMany(unit, leads, now, { agent_id });
      for (const [index, { decisionId, decision }] of triaged.entries())
        outcomes.set(some[index]!, completed({ decision_id: decisionId, outcome: decision.choice }));
    }
    return arrivals.map((arrival) => outcomes.get(arrival)!);
  }
}

/** A doubt is all that a person is to look at it for. */
function isForPerson({ outcome }: TriageDecision): boolean {
  return outcome.escalations.some(({ reason }) => reason === 'low_confidence');
}

function isHandedOn({ outcome }: TriageDecision): boolean {
  return outcome.route !== 'person';
}

function planTriage(
  decision: TriageDecision,
  lead: Lead,
  context: LeadContext,
  history: (leadId: string) => unknown[],
): Plan {
  const { outcome } = decision;
  const conversationId = context.conversationOf(lead.lead_id);
  const remembered = context.entryOf(lead.lead_id);
  const decisionId = newId('dec');
  const changes: LeadChanges = {
    triage_category: outcome.category,
    lead_score: Math.round(outcome.score),
    lead_status: outcome.route === 'engagement' ? 'Qualified' : lead.lead_status === 'New' ? 'Open' : lead.lead_status,
    flow_state: nextState(lead.flow_state, EVENT_BY_ROUTE[outcome.route]),
  };
  const escalations = outcome.escalations.map((wish): EscalationItem => ({
    leadId: lead.lead_id,
    campaignId: lead.campaign_id,
    conversationId,
    decisionId,
    reason: wish.reason,
    summary: wish.summary,
    raisedBy: decision.agent_id,
    worth: outcome.value_usd ?? 0,
    // the first answer to a hot lead goes out while its case is open
    blocks: wish.blocking,
    context: {
      triage_category: outcome.category,
      lead_score: outcome.score,
      confidence: outcome.confidence,
      reasons: outcome.reasons,
      blocking: wish.blocking,
      ...(wish.reason === 'hot_lead' && { draft: draftReply(outcome.hot ?? []) }),
    },
  }));
  return {
    decision,
    decisionId,
    lead,
    changes,
    conversationId,
    remembered,
    escalations,
    handoff: isHandedOn(decision)
      ? handoffOf(decision, decisionId, lead, { conversationId, remembered, history: history(lead.lead_id) })
      : undefined,
  };
}

function handoffOf(
  { outcome, agent_id }: TriageDecision,
  decisionId: string,
  lead: Lead,
  {
    conversationId,
    remembered,
    history,
  }: { conversationId: string; remembered: ConversationContext | undefined; history: unknown[] },
): HandoffRequest & { handoff_id: string } {
  const toPeople = outcome.route === 'support';
  return {
    handoff_id: newId('hof'),
    from_agent: agent_id,
    to_agent: toPeople ? 'Manager' : (lead.assigned_engagement_agent ?? agentId('Engagement')),
    purpose: outcome.route,
    lead_id: lead.lead_id,
    campaign_id: lead.campaign_id,
    conversation_id: conversationId,
    decision_id: decisionId,
    priority: outcome.order,
    context: {
      triage_category: outcome.category,
      lead_score: outcome.score,
      confidence: outcome.confidence,
      priority: outcome.priority,
      notes: outcome.reasons[0] ?? '',
    },
    preservation_data: {
      short_term_memory: remembered ? { ...remembered } : {},
      conversation_history: history,
      next_actions: outcome.recommended_actions.map(({ action, description }) => ({ action, description })),
    },
  };
}

function actionsOf({ decision, decisionId, lead, conversationId, escalations }: Plan, now: string): NewAgentAction[] {
  const { outcome } = decision;
  const common = {
    timestamp: now,
    conversation_id: conversationId,
    lead_id: lead.lead_id,
    source_agent: decision.agent_id,
    source_agent_type: decision.agent_type,
  };
  const context = {
    summary: `${outcome.category}, score ${outcome.score}`,
    confidence: outcome.confidence,
    decision_id: decisionId,
  };
  const destination = outcome.route === 'support' || outcome.route === 'person' ? 'Manager' : 'Engagement';
  return [
    { ...common, action_type: 'triage', dest_agent_type: destination, handoff_context_json: context },
    ...escalations.map(({ reason, summary }) => ({
      ...common,
      action_type: 'escalate',
      dest_agent_type: 'Manager',
      escalation_reason: reason,
      handoff_context_json: { summary, decision_id: decisionId },
    })),
  ];
}

/** What the conversation said stays; what triage found is added to its slots. */
function memoryOf({ decision, decisionId, lead, conversationId, remembered }: Plan, now: string) {
  const { outcome } = decision;
  const said = remembered?.last_utterance_summary || (lead.message ?? '');
  const before = remembered?.slots_json.triage as { readonly said?: unknown; hot?: unknown; at?: unknown } | undefined;
  // the same words judged again are answered, and asked about, once
  const heard = before?.said === said ? { hot: before.hot, at: before.at } : { hot: outcome.hot ?? [], at: now };
  return {
    conversation_id: conversationId,
    lead_id: lead.lead_id,
    last_utterance_summary: said,
    active_intent: remembered?.active_intent ?? 'unknown',
    slots_json: {
      ...remembered?.slots_json,
      triage: {
        category: outcome.category,
        score: outcome.score,
        confidence: outcome.confidence,
        route: outcome.route,
        decision_id: decisionId,
        ask_for: outcome.ask_for,
        said,
        ...heard,
      },
    },
  };
}

function toTriageResponse(
  { decision, decisionId, lead, conversationId, escalations, escalationIds, handoff }: Triaged,
  now: string,
): TriageResponse {
  const { outcome } = decision;
  return {
    lead_id: lead.lead_id,
    category: outcome.category,
    confidence: outcome.confidence,
    score: outcome.score,
    priority: outcome.priority,
    route: outcome.route,
    is_low_confidence: outcome.is_low_confidence,
    factors: [...outcome.factors],
    reasons: [...outcome.reasons],
    missing_fields: [...outcome.missing_fields],
    recommended_actions: [...outcome.recommended_actions],
    escalations: escalations.map(({ reason, summary }, index) => ({
      escalation_id: escalationIds[index]!,
      reason,
      summary,
    })),
    decision_id: decisionId,
    handoff_id: handoff?.handoff_id ?? null,
    conversation_id: conversationId,
    respond_within_minutes: outcome.respond_within_minutes,
    agent_id: decision.agent_id,
    decided_at: now,
  };
}
