import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Lead, leadUpdated } from '../crm/index.js';
import { InverseRegistry } from '../decisions/index.js';
import { LiveEvents } from '../live-events/index.js';
import { Message, messageStatusEvents } from '../outreach/index.js';
import { Handoff, type HandoffStatus } from './handoffs/handoff.entity.js';
import { handoffEvent } from './handoffs/handoff-event.js';

const UNFINISHED: HandoffStatus[] = ['requested', 'acknowledged'];

/**
 * How decisions about leads are taken back: a triage restores the lead, an engagement cancels the message that has
 * not gone out.
 */
@Injectable()
export class UndoActions implements OnModuleInit {
  constructor(
    private readonly inverses: InverseRegistry,
    private readonly liveEvents: LiveEvents,
  ) {}

  onModuleInit(): void {
    this.inverses.register('lead.restore', {
      readState: async (unit, { lead_id }) => {
        const [lead] = await unit.of(Lead).find({ lead_id: String(lead_id) }, { lock: true });
        return lead && { version: lead.version };
      },
      apply: async (unit, { lead_id, handoff_id, before, expects }, { now, reason }) => {
        const patch = { ...(before as Partial<Lead>), version: Number(expects.version) + 1, updated_at: now };
        await unit.of(Lead).update({ lead_id: String(lead_id) }, patch);
        // what has not been finished on the strength of the triage does not happen any more
        const [unfinished] = await unit
          .of(Handoff)
          .find({ handoff_id: String(handoff_id), status: UNFINISHED }, { lock: true });
        this.liveEvents.publish(unit, [
          leadUpdated(String(lead_id)),
          ...(unfinished ? [handoffEvent(unfinished, 'failed')] : []),
        ]);
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
        const [message] = await unit.of(Message).find({ message_id: String(message_id) }, { lock: true });
        return message && { status: message.status };
      },
      apply: async (unit, { message_id }, { now, reason }) => {
        await unit
          .of(Message)
          .update(
            { message_id: String(message_id) },
            { status: 'cancelled', failure_reason: `decision undone: ${reason}`, updated_at: now },
          );
        const message = await unit.of(Message).get(String(message_id));
        this.liveEvents.publish(unit, messageStatusEvents(message!, 'cancelled'));
      },
    });
  }
}
