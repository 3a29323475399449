import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { Unit } from '../../database/index.js';
import { type EscalationItem, Inbox } from '../../inbox/index.js';
import { type JourneyCase, Journeys } from '../../journeys/index.js';

/** Puts what a lead's way has for people into the inbox. */
@Injectable()
export class JourneyCases implements OnModuleInit {
  constructor(
    private readonly journeys: Journeys,
    private readonly inbox: Inbox,
  ) {}

  onModuleInit(): void {
    this.journeys.opensCasesBy(async (unit: Unit, cases) => void (await this.inbox.escalate(unit, cases.map(itemOf))));
  }
}

function itemOf({ lead, reason, event: { reason: what, message_id, about = {} } }: JourneyCase): EscalationItem {
  const { summary = what, conversation_id = null, decision_id = null, raised_by = 'journeys', context = {} } = about;
  return {
    leadId: lead.lead_id,
    campaignId: lead.campaign_id,
    conversationId: conversation_id,
    decisionId: decision_id,
    reason,
    summary,
    raisedBy: raised_by,
    context: { ...context, flow_state: lead.flow_state, ...(message_id !== undefined && { message_id }) },
  };
}
