import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { AgentActions, Conversations, type Lead, Leads, type NewAgentAction, eachLeadOnce } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import { CASE_CLAIMED, type CaseClaimed, type EscalationItem, Inbox } from '../../inbox/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { Listens } from '../../operations/index.js';
import { Job } from '../../queue/index.js';
import { CampaignSignals } from '../optimization/campaign-signals.js';
import { Handoff } from './handoff.entity.js';
import { handoffEvent } from './handoff-event.js';
import { type Arrival, type HandoffOutcome, HandoffReceivers } from './handoff-receivers.js';
import { HANDOFF_TOPIC, Handoffs, contextHash } from './handoffs.js';

/**
 * Delivers handoffs: checks that their context arrived whole, has the receivers act on them, and records both ends and
 * the outcome. All of it is one unit, which also marks the jobs as done, so a handoff happens once however often it is
 * delivered.
 */
@Injectable()
export class HandoffDelivery implements OnModuleInit {
  constructor(
    private readonly leads: Leads,
    private readonly actions: AgentActions,
    private readonly conversations: Conversations,
    private readonly receivers: HandoffReceivers,
    private readonly handoffs: Handoffs,
    private readonly signals: CampaignSignals,
    private readonly inbox: Inbox,
    private readonly liveEvents: LiveEvents,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    // only a person says that it has it, and when it is done
    this.receivers.register('Manager', async (unit, arrivals) => {
      const cases = await this.inbox.escalate(unit, arrivals.map(personsCase));
      return cases.map((escalation_id) => ({
        status: 'delivered',
        result: { outcome: 'waits for a person', escalation_id },
      }));
    });
  }

  /** Who takes the case of a handoff acknowledges it. */
  @Listens(CASE_CLAIMED)
  async claimed({ unit, escalation, now }: CaseClaimed): Promise<void> {
    const { handoff_id } = escalation.context;
    if (typeof handoff_id === 'string') await this.handoffs.acknowledge(unit, handoff_id, now);
  }

  @Job(HANDOFF_TOPIC, { concurrency: 8, takes: 'many', forgetsDone: true })
  deliver(jobs: readonly Job<{ handoff_id: string }>[], unit: Unit): Promise<void> {
    return this.deliverMany(
      unit,
      jobs.map(({ payload }) => payload.handoff_id),
    );
  }

  /** Delivers those that were not delivered yet; what fails undoes all of them. */
  async deliverMany(unit: Unit, handoffIds: readonly string[]): Promise<void> {
    const now = this.clock.iso();
    const found = await unit
      .of(Handoff)
      .find({ handoff_id: handoffIds, status: 'requested' }, { order: { handoff_id: 'asc' }, lock: true });
    const refused: { handoff: Handoff; failure: string }[] = [];
    const whole = found.filter((handoff) => {
      if (contextHash(handoff) === handoff.context_hash) return true;
      refused.push({ handoff, failure: 'the context did not arrive as it was sent' });
      return false;
    });
    // the second handoff of a lead finds what the first left
    for (const handoffs of eachLeadOnce(whole)) {
      const leads = await this.leadsOf(unit, handoffs);
      const byType = new Map<string, Arrival[]>();
      for (const handoff of handoffs) {
        const lead = leads.get(handoff.lead_id ?? '');
        const type = handoff.to_agent_type;
        if (!lead) refused.push({ handoff, failure: `there is no lead "${handoff.lead_id}" any more` });
        else if (!this.receivers.find(type))
          refused.push({ handoff, failure: `no agent of the type "${type}" takes handoffs` });
        else byType.set(type, [...(byType.get(type) ?? []), { handoff, lead }]);
      }
      for (const [type, arrivals] of byType) {
        const outcomes = await this.receivers.find(type)!(unit, arrivals, now);
        await this.record(unit, arrivals, outcomes, now);
      }
    }
    await this.refuse(unit, refused, now);
  }

  /**
   * A request may carry the id of a conversation that only its sender knows. The handoff keeps it; an action, which the
   * data set ties to its conversation, must not name what is not there.
   */
  private async unknownConversations(unit: Unit, arrivals: readonly Arrival[]): Promise<ReadonlySet<string>> {
    const named = new Set<string>();
    for (const { handoff } of arrivals)
      if (handoff.purpose === 'request' && handoff.conversation_id) named.add(handoff.conversation_id);
    for (const id of await this.conversations.known(unit, [...named])) named.delete(id);
    return named;
  }

  private async record(
    unit: Unit,
    arrivals: readonly Arrival[],
    outcomes: readonly HandoffOutcome[],
    now: string,
  ): Promise<void> {
    const done = this.clock.iso();
    const delivered = arrivals.map(({ handoff: { handoff_id } }, index) => {
      const { status, result } = outcomes[index]!;
      const isDone = status === 'completed';
      return { handoff_id, status, result, acknowledged_at: isDone ? now : null, completed_at: isDone ? done : null };
    });
    await unit.of(Handoff).updateEach(delivered, ['status', 'result', 'acknowledged_at', 'completed_at']);
    this.liveEvents.publish(
      unit,
      arrivals.map(({ handoff }, index) => handoffEvent(handoff, outcomes[index]!.status)),
    );
    const unknown = await this.unknownConversations(unit, arrivals);
    await this.actions.record(
      unit,
      arrivals.map(({ handoff }) => {
        const action = actionOf(handoff, now);
        return unknown.has(action.conversation_id ?? '') ? { ...action, conversation_id: null } : action;
      }),
    );
    await this.signals.tell(
      unit,
      arrivals.flatMap(({ lead }) => lead.campaign_id ?? []),
      now,
    );
  }

  private async leadsOf(unit: Unit, handoffs: readonly Handoff[]): Promise<Map<string, Lead>> {
    const leads = await this.leads.lockAll(
      unit,
      handoffs.flatMap(({ lead_id }) => lead_id ?? []),
    );
    return new Map(leads.map((lead) => [lead.lead_id, lead]));
  }

  private async refuse(
    unit: Unit,
    refused: readonly { handoff: Handoff; failure: string }[],
    now: string,
  ): Promise<void> {
    for (const { handoff, failure } of refused) {
      const patch = { status: 'failed', failure, acknowledged_at: now } as const;
      await unit.of(Handoff).update({ handoff_id: handoff.handoff_id }, patch);
      this.liveEvents.publish(unit, handoffEvent(handoff, 'failed'));
    }
    if (refused.length > 0) await this.inbox.escalate(unit, refused.map(caseOf));
  }
}

function actionOf(handoff: Handoff, now: string): NewAgentAction {
  return {
    timestamp: now,
    conversation_id: handoff.conversation_id,
    lead_id: handoff.lead_id,
    action_type: 'handoff',
    source_agent: handoff.from_agent,
    source_agent_type: handoff.from_agent_type,
    dest_agent_type: handoff.to_agent_type,
    handoff_context_json: { ...handoff.context, handoff_id: handoff.handoff_id, status: 'handed-off' },
  };
}

/** What a handoff to people is for them. */
function personsCase({ handoff, lead }: Arrival): EscalationItem {
  const { handoff_id, from_agent, purpose, context, preservation_data, conversation_id, decision_id } = handoff;
  const isSupport = purpose === 'support';
  const notes = typeof context.notes === 'string' && context.notes !== '' ? `: ${context.notes}` : '';
  return {
    leadId: lead.lead_id,
    campaignId: lead.campaign_id,
    conversationId: conversation_id,
    decisionId: decision_id,
    reason: isSupport ? 'support' : 'complex_request',
    summary: lead.message ?? `${from_agent} hands the lead over${notes}`,
    raisedBy: from_agent,
    context: { ...context, handoff_id, preservation_data },
  };
}

function caseOf({ handoff, failure }: { handoff: Handoff; failure: string }): EscalationItem {
  return {
    leadId: handoff.lead_id,
    campaignId: handoff.campaign_id,
    conversationId: handoff.conversation_id,
    reason: 'complex_request',
    summary: `handoff ${handoff.handoff_id} from ${handoff.from_agent} to ${handoff.to_agent} failed: ${failure}`,
    raisedBy: handoff.to_agent,
    priority: 'high',
  };
}
