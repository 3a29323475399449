import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { Campaigns, Conversations, LEAD_EDITED, type Lead, type LeadChanges, Leads } from '../crm/index.js';
import type { Unit } from '../database/index.js';
import { invalid } from '../errors/index.js';
import { Listeners } from '../operations/index.js';
import { UncertainMessages } from '../outreach/index.js';
import { HandoffContext } from './handoffs/handoff-context.js';
import { Handoffs } from './handoffs/handoffs.js';
import { type Escalation, type Resolution, type ResolutionContext, ResolutionRegistry } from '../inbox/index.js';
import { type FlowEvent, type FlowState, Journeys, WITH_PERSON, nextState } from '../journeys/index.js';
import { agentId, parseAgentName } from '../vocabulary/index.js';

const WAY_BY_CATEGORY: Readonly<Record<string, { event: FlowEvent; purpose: string }>> = {
  'Campaign Qualified': { event: 'qualified', purpose: 'engagement' },
  'Cold Lead': { event: 'cold', purpose: 'nurture' },
  'General Inquiry': { event: 'inquiry', purpose: 'support' },
};

/** Cases that a person's own answer is the end of: approving them is having answered. */
export const ANSWERED_BY_PERSON: ReadonlySet<string> = new Set(['reply', 'hot_lead', 'support']);

/** How a lead goes on when a person has settled its case. */
@Injectable()
export class EscalationFlow implements OnModuleInit {
  constructor(
    private readonly resolutions: ResolutionRegistry,
    private readonly leads: Leads,
    private readonly campaigns: Campaigns,
    private readonly conversations: Conversations,
    private readonly handoffs: Handoffs,
    private readonly handoffContext: HandoffContext,
    private readonly journeys: Journeys,
    private readonly uncertain: UncertainMessages,
    private readonly listeners: Listeners,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.resolutions.onResolved('*', (unit, escalation, context) => this.resolved(unit, escalation, context));
  }

  /**
   * approve: on by its category · change: on with the person's values · return: back to an agent · answered: a person
   * has seen to it, and the lead rests · reject: the end of its way. The way goes on when the last case that blocks it
   * is settled.
   */
  private async resolved(unit: Unit, escalation: Escalation, { remainingBlocking }: ResolutionContext): Promise<void> {
    const { lead_id, resolution, resolution_detail, escalation_id, reason, context } = escalation;
    const lead = lead_id === null ? undefined : await this.leads.lock(unit, lead_id);
    if (!lead) return;
    const now = this.clock.iso();
    const who = `a person settled ${escalation_id} with "${resolution}"`;
    if (reason === 'uncertain_delivery') return this.settleDelivery(unit, context, resolution!, now);
    if (typeof context.handoff_id === 'string')
      await this.handoffs.complete(unit, context.handoff_id, { escalation_id, outcome: who }, now);
    if (resolution === 'reject') {
      await this.journeys.tell(unit, [{ lead_id: lead.lead_id, event: 'dismissed', reason: who }], now);
      return;
    }
    const changes = resolution === 'change' ? await this.checked(unit, resolution_detail?.changes ?? {}) : {};
    const changed = await this.change(unit, lead, changes, escalation.resolved_by!, now);
    if (remainingBlocking.length > 0) return;
    const isHeldUp = WITH_PERSON.includes(lead.flow_state as FlowState);
    // what a person has answered is followed by nothing automatic, wherever the lead stood
    const isAnswer = ANSWERED_BY_PERSON.has(reason);
    if (resolution === 'return') return this.giveBack(unit, changed, escalation, now);
    if (resolution === 'answered' ? isHeldUp || isAnswer : resolution === 'approve' && isAnswer) {
      await this.journeys.tell(unit, [{ lead_id: lead.lead_id, event: 'handled', reason: who }], now);
      return;
    }
    if (!isHeldUp) return this.journeys.goOn(unit, lead.lead_id, now);
    await this.sendOn(unit, changed, escalation, now);
  }

  /** A person knows what became of a message. */
  private async settleDelivery(
    unit: Unit,
    { message_id }: Record<string, unknown>,
    resolution: Resolution,
    now: string,
  ): Promise<void> {
    const end = resolution === 'approve' || resolution === 'answered' ? 'sent' : 'not_sent';
    if (typeof message_id === 'string') await this.uncertain.settle(unit, message_id, end, now);
  }

  /** The person's values, told like any other change of a lead. */
  private async change(unit: Unit, lead: Lead, changes: LeadChanges, by: string, now: string): Promise<Lead> {
    if (Object.keys(changes).length === 0) return lead;
    const after = await this.leads.move(unit, lead, changes, now);
    await this.listeners.tell(LEAD_EDITED, { unit, before: lead, after, by, now });
    return (await this.leads.lock(unit, lead.lead_id)) ?? after;
  }

  private async giveBack(unit: Unit, lead: Lead, escalation: Escalation, now: string): Promise<void> {
    const to = escalation.resolution_detail?.return_to ?? agentId('LeadTriage');
    if (!parseAgentName(to)) throw invalid('return_to', `"${to}" is not the name of an agent`);
    await this.handOver(unit, lead, escalation, { to, purpose: 'request' }, now);
  }

  /** On by the lead's category. */
  private async sendOn(unit: Unit, lead: Lead, escalation: Escalation, now: string): Promise<void> {
    const way = WAY_BY_CATEGORY[lead.triage_category ?? ''] ?? WAY_BY_CATEGORY['General Inquiry']!;
    const lead_status = way.purpose === 'engagement' ? 'Qualified' : lead.lead_status;
    const flow_state = nextState(lead.flow_state, way.event);
    const moved = await this.leads.move(unit, lead, { lead_status, flow_state }, now);
    const to = way.purpose === 'support' ? 'Manager' : (lead.assigned_engagement_agent ?? agentId('Engagement'));
    await this.handOver(unit, moved, escalation, { to, purpose: way.purpose }, now);
  }

  private async handOver(
    unit: Unit,
    lead: Lead,
    { escalation_id, resolution_note }: Escalation,
    { to, purpose }: { to: string; purpose: string },
    now: string,
  ): Promise<void> {
    await this.handoffs.request(
      unit,
      [
        {
          from_agent: 'Manager',
          to_agent: to,
          purpose,
          lead_id: lead.lead_id,
          campaign_id: lead.campaign_id,
          conversation_id: (await this.conversations.open(unit, lead.lead_id, now)).conversation_id,
          context: {
            triage_category: lead.triage_category,
            lead_score: lead.lead_score,
            escalation_id,
            notes: resolution_note ?? '',
          },
          preservation_data: await this.handoffContext.of(unit, lead.lead_id, now),
        },
      ],
      now,
    );
  }

  /** The values, which the case's form has checked. @throws AppError invalid for a campaign that there is not */
  private async checked(unit: Unit, changes: Readonly<Record<string, unknown>>): Promise<LeadChanges> {
    const { campaign_id: campaign } = changes;
    if (typeof campaign === 'string' && !(await this.campaigns.get(unit, campaign)))
      throw invalid('changes.campaign_id', `there is no campaign "${campaign}"`);
    return changes;
  }
}
