import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { Campaigns, Conversations, type LeadChanges, Leads } from '../crm/index.js';
import type { Unit } from '../database/index.js';
import { invalid } from '../errors/index.js';
import { Outreach } from '../outreach/index.js';
import { Handoffs } from './handoffs/handoffs.js';
import { type Escalation, ResolutionRegistry } from '../inbox/index.js';
import { type FlowEvent, nextState } from '../journeys/index.js';
import { agentId, CHANNELS, parseAgentName, TRIAGE_CATEGORIES } from '../vocabulary/index.js';

const WAY_BY_CATEGORY: Readonly<Record<string, { event: FlowEvent; purpose: string }>> = {
  'Campaign Qualified': { event: 'qualified', purpose: 'engagement' },
  'Cold Lead': { event: 'cold', purpose: 'nurture' },
  'General Inquiry': { event: 'inquiry', purpose: 'support' },
};
/** What a person may change about a lead while settling its case. */
const CHANGEABLE: ReadonlySet<string> = new Set([
  'triage_category',
  'lead_score',
  'campaign_id',
  'gdpr_consent',
  'preferred_channel',
]);

/** How a lead goes on when a person has settled its case. */
@Injectable()
export class EscalationFlow implements OnModuleInit {
  constructor(
    private readonly resolutions: ResolutionRegistry,
    private readonly leads: Leads,
    private readonly campaigns: Campaigns,
    private readonly conversations: Conversations,
    private readonly handoffs: Handoffs,
    private readonly outreach: Outreach,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.resolutions.onResolved('*', (unit, escalation) => this.resolved(unit, escalation));
  }

  /**
   * approve: on by its category · change: on with the person's values · return: back to an agent · reject: the end of
   * its way
   */
  private async resolved(
    unit: Unit,
    { lead_id, resolution, resolution_detail, escalation_id, resolution_note }: Escalation,
  ): Promise<void> {
    const lead = lead_id === null ? undefined : await this.leads.lock(unit, lead_id);
    if (!lead) return;
    const now = this.clock.iso();
    if (resolution === 'reject') {
      await this.outreach.cancelForLead(unit, lead.lead_id, `a person settled ${escalation_id} with "reject"`);
      const flow_state = nextState(lead.flow_state, 'dismissed');
      await this.leads.move(
        unit,
        lead,
        { flow_state, lead_status: flow_state === 'closed' ? 'Unqualified' : lead.lead_status },
        now,
      );
      return;
    }
    const changes = resolution === 'change' ? await this.checked(unit, resolution_detail?.changes ?? {}) : {};
    // a case that did not hold the lead up changes nothing about its way
    if (lead.flow_state !== 'in_review' && resolution !== 'return') {
      if (resolution === 'change') await this.leads.move(unit, lead, changes, now);
      return;
    }
    const changed = { ...lead, ...changes };
    const way = WAY_BY_CATEGORY[changed.triage_category ?? ''] ?? WAY_BY_CATEGORY['General Inquiry']!;
    if (resolution !== 'return') {
      const lead_status = way.purpose === 'engagement' ? 'Qualified' : lead.lead_status;
      await this.leads.move(
        unit,
        lead,
        { ...changes, lead_status, flow_state: nextState(lead.flow_state, way.event) },
        now,
      );
    }
    const returnTo = resolution_detail?.return_to ?? agentId('LeadTriage');
    if (resolution === 'return' && !parseAgentName(returnTo))
      throw invalid('return_to', `"${returnTo}" is not the name of an agent`);
    const to =
      resolution === 'return'
        ? returnTo
        : way.purpose === 'support'
          ? 'Manager'
          : (lead.assigned_engagement_agent ?? agentId('Engagement'));
    await this.handoffs.request(
      unit,
      [
        {
          from_agent: 'Manager',
          to_agent: to,
          purpose: resolution === 'return' ? 'request' : way.purpose,
          lead_id: lead.lead_id,
          campaign_id: changed.campaign_id,
          conversation_id: (await this.conversations.open(unit, lead.lead_id, now)).conversation_id,
          context: {
            triage_category: changed.triage_category,
            lead_score: changed.lead_score,
            escalation_id,
            notes: resolution_note ?? '',
          },
          preservation_data: { short_term_memory: {}, conversation_history: [], next_actions: [] },
        },
      ],
      now,
    );
  }

  /** @throws AppError invalid naming what may not be changed, or not to this */
  private async checked(unit: Unit, changes: Readonly<Record<string, unknown>>): Promise<LeadChanges> {
    const wrong = Object.keys(changes).find((name) => !CHANGEABLE.has(name));
    if (wrong) throw invalid(`changes.${wrong}`, `cannot be changed here; allowed are ${[...CHANGEABLE].join(', ')}`);
    const {
      triage_category: category,
      lead_score: score,
      gdpr_consent: consent,
      campaign_id: campaign,
      preferred_channel: channel,
    } = changes;
    if (category !== undefined && !isOneOf(TRIAGE_CATEGORIES, category))
      throw invalid('changes.triage_category', `must be one of ${TRIAGE_CATEGORIES.join(', ')}`);
    if (score !== undefined && !(Number.isInteger(score) && (score as number) >= 0 && (score as number) <= 100)) {
      throw invalid('changes.lead_score', 'must be a whole number from 0 to 100');
    }
    if (consent !== undefined && typeof consent !== 'boolean')
      throw invalid('changes.gdpr_consent', 'must be true or false');
    if (channel !== undefined && !isOneOf(CHANNELS, channel))
      throw invalid('changes.preferred_channel', `must be one of ${CHANNELS.join(', ')}`);
    if (campaign !== undefined && !(typeof campaign === 'string' && (await this.campaigns.get(unit, campaign)))) {
      throw invalid('changes.campaign_id', `there is no campaign "${String(campaign)}"`);
    }
    return changes as LeadChanges;
  }
}

function isOneOf(values: readonly unknown[], value: unknown): boolean {
  return values.includes(value);
}
