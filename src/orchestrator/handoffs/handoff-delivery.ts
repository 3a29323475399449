import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Clock, newId } from '../../config/index.js';
import { AgentAction, Lead } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { type Job, JobHandlers } from '../../queue/index.js';
import { EngagementService, hasEnded } from '../engagement/engagement.service.js';
import { Inbox } from '../../inbox/index.js';
import { CampaignSignals } from '../optimization/campaign-signals.js';
import { TriageService, isTriageable } from '../triage/triage.service.js';
import { Handoff } from './handoff.entity.js';
import { handoffEvent } from './handoff-event.js';
import { HANDOFF_TOPIC, contextHash } from './handoffs.js';

interface Delivered {
  status: 'acknowledged' | 'completed';
  result: Record<string, unknown>;
}

/**
 * Delivers a handoff: checks that its context arrived whole, has the receiver act on it, and records both ends and
 * the outcome. All of it is one unit, which also marks the job as done, so a handoff happens once however often it is
 * delivered.
 */
@Injectable()
export class HandoffDelivery implements OnModuleInit {
  constructor(
    private readonly handlers: JobHandlers,
    private readonly engagement: EngagementService,
    private readonly triage: TriageService,
    private readonly signals: CampaignSignals,
    private readonly inbox: Inbox,
    private readonly liveEvents: LiveEvents,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.handlers.register(HANDOFF_TOPIC, {
      concurrency: 8,
      run: (job: Job<{ handoff_id: string }>, unit) => this.deliver(unit, job.payload.handoff_id),
    });
  }

  private async deliver(unit: Unit, handoffId: string): Promise<void> {
    const [handoff] = await unit.of(Handoff).find({ handoff_id: handoffId }, { lock: true });
    if (!handoff || handoff.status !== 'requested') return;
    const now = this.clock.iso();
    if (contextHash(handoff) !== handoff.context_hash)
      return this.refuse(unit, handoff, 'the context did not arrive as it was sent', now);
    const [lead] =
      handoff.lead_id === null ? [] : await unit.of(Lead).find({ lead_id: handoff.lead_id }, { lock: true });
    if (!lead) return this.refuse(unit, handoff, `there is no lead "${handoff.lead_id}" any more`, now);
    const delivered = await this.receive(unit, handoff, lead, now);
    if (!delivered)
      return this.refuse(unit, handoff, `no agent of the type "${handoff.to_agent_type}" takes handoffs`, now);
    const { status, result } = delivered;
    await unit
      .of(Handoff)
      .update(
        { handoff_id: handoffId },
        { status, result, acknowledged_at: now, ...(status === 'completed' && { completed_at: this.clock.iso() }) },
      );
    this.liveEvents.publish(unit, handoffEvent(handoff, status));
    await unit
      .of(AgentAction)
      .insert({
        action_id: newId('act'),
        timestamp: now,
        conversation_id: handoff.conversation_id,
        lead_id: handoff.lead_id,
        action_type: 'handoff',
        source_agent: handoff.from_agent,
        source_agent_type: handoff.from_agent_type,
        dest_agent_type: handoff.to_agent_type,
        escalation_reason: 'none',
        handoff_context_json: { ...handoff.context, handoff_id: handoffId, status: 'handed-off' },
      });
    if (lead.campaign_id) await this.signals.tell(unit, lead.campaign_id, now);
  }

  /** Has the receiver act; null where nobody of its type can. */
  private async receive(unit: Unit, handoff: Handoff, lead: Lead, now: string): Promise<Delivered | null> {
    switch (handoff.to_agent_type) {
      case 'Engagement': {
        if (hasEnded(lead))
          return { status: 'completed', result: { outcome: `nothing to do: the lead is ${lead.flow_state}` } };
        const mode = handoff.purpose === 'nurture' ? 'nurture' : 'engage';
        const about = { mode, agentId: handoff.to_agent, correlationId: handoff.handoff_id } as const;
        const { decisionId, message, decision } = await this.engagement.engage(unit, lead, now, about);
        return {
          status: 'completed',
          result: { decision_id: decisionId, outcome: decision.choice, message_id: message?.message_id ?? null },
        };
      }
      case 'LeadTriage': {
        if (!isTriageable(lead))
          return { status: 'completed', result: { outcome: `nothing to do: the lead is ${lead.flow_state}` } };
        const [triaged] = await this.triage.triageMany(unit, [lead], now, { agent_id: handoff.to_agent });
        return { status: 'completed', result: { decision_id: triaged!.decisionId, outcome: triaged!.decision.choice } };
      }
      case 'Optimizer':
        return {
          status: 'completed',
          result: { outcome: lead.campaign_id ? 'campaign will be looked at' : 'the lead has no campaign' },
        };
      case 'Manager':
        // a person has it now, and says when it is done
        return { status: 'acknowledged', result: { outcome: 'waits for a person' } };
      default:
        return null;
    }
  }

  private async refuse(unit: Unit, handoff: Handoff, failure: string, now: string): Promise<void> {
    await unit
      .of(Handoff)
      .update({ handoff_id: handoff.handoff_id }, { status: 'failed', failure, acknowledged_at: now });
    this.liveEvents.publish(unit, handoffEvent(handoff, 'failed'));
    await this.inbox.escalate(unit, [
      {
        leadId: handoff.lead_id,
        campaignId: handoff.campaign_id,
        conversationId: handoff.conversation_id,
        reason: 'complex_request',
        summary: `handoff ${handoff.handoff_id} from ${handoff.from_agent} to ${handoff.to_agent} failed: ${failure}`,
        raisedBy: handoff.to_agent,
        priority: 'high',
      },
    ]);
  }
}
