import { Injectable } from '@nestjs/common';
import type { Unit } from '../database/index.js';
import { LiveEvents } from '../live-events/index.js';
import { Outbox } from '../queue/index.js';
import { DeliveryRecords } from './delivery-records.js';
import { dispatchAt } from './dispatch-item.js';
import { Message } from './message.entity.js';
import { messageStatusEvents } from './message-live-event.js';

/** Settles messages of which nobody knew whether they arrived, once somebody does. */
@Injectable()
export class UncertainMessages {
  constructor(
    private readonly records: DeliveryRecords,
    private readonly outbox: Outbox,
    private readonly liveEvents: LiveEvents,
  ) {}

  /**
   * sent: it arrived · not_sent: it did not, and the gate judges it again. Does nothing for a message that is settled
   * already.
   */
  async settle(unit: Unit, messageId: string, end: 'sent' | 'not_sent', now: string): Promise<void> {
    const [message] = await unit.of(Message).find({ message_id: messageId, status: 'uncertain' }, { lock: true });
    if (!message) return;
    if (end === 'sent') return this.records.sent(unit, message, null);
    const patch = {
      status: 'planned',
      claimed_at: null,
      claimed_by: null,
      settled_at: null,
      failure_reason: null,
    } as const;
    await unit.of(Message).update({ message_id: messageId }, { ...patch, updated_at: now });
    this.liveEvents.publish(unit, messageStatusEvents(message, patch.status));
    await this.outbox.add(unit, [dispatchAt(message, now)]);
  }
}
