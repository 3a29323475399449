import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { type LeadChanges, Leads } from '../crm/index.js';
import { InverseRegistry } from '../decisions/index.js';
import { LiveEvents } from '../live-events/index.js';
import { Messages, Outreach } from '../outreach/index.js';
import { Handoff, UNFINISHED_HANDOFFS } from './handoffs/handoff.entity.js';
import { handoffEvent } from './handoffs/handoff-event.js';

const UNFINISHED = [...UNFINISHED_HANDOFFS];

/**
 * How decisions about leads are taken back: a triage restores the lead, an engagement cancels the message that has
 * not gone out.
 */
@Injectable()
export class UndoActions implements OnModuleInit {
  constructor(
    private readonly inverses: InverseRegistry,
    private readonly leads: Leads,
    private readonly messages: Messages,
    private readonly outreach: Outreach,
    private readonly liveEvents: LiveEvents,
  ) {}

  onModuleInit(): void {
    this.inverses.register('lead.restore', {
      readState: async (unit, { lead_id }) => {
        const lead = await this.leads.lock(unit, String(lead_id));
        return lead && { version: lead.version };
      },
      apply: async (unit, { lead_id, handoff_id, before }, { now, reason }) => {
        const lead = await this.leads.lock(unit, String(lead_id));
        await this.leads.move(unit, lead!, before as LeadChanges, now);
        // what has not been finished on the strength of the triage does not happen any more
        const [unfinished] = await unit
          .of(Handoff)
          .find({ handoff_id: String(handoff_id), status: UNFINISHED }, { lock: true });
        if (unfinished) this.liveEvents.publish(unit, handoffEvent(unfinished, 'failed'));
        await unit
          .of(Handoff)
          .update(
            { handoff_id: String(handoff_id), status: UNFINISHED },
            { status: 'failed', failure: `the triage behind it was undone: ${reason}` },
          );
      },
    });
    this.inverses.register('message.cancel', {
      readState: async (unit, { message_id }) => {
        const message = await this.messages.lock(unit, String(message_id));
        return message && { status: message.status };
      },
      apply: async (unit, { message_id }, { reason }) => {
        await this.outreach.cancelOne(unit, String(message_id), `decision undone: ${reason}`);
      },
    });
  }
}
