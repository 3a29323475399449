import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import type { Unit } from '../../database/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { Listens } from '../../operations/index.js';
import { MESSAGE_EVENT, type MessageEvent } from '../../outreach/index.js';
import { awake, changeCase } from '../escalations/case-rows.js';
import { Escalation } from '../escalations/escalation.entity.js';
import { escalationLiveEvent } from '../inbox-events.js';

/** An answer of the lead brings the cases back that were put off until then: the lead waits from now on. */
@Injectable()
export class AnswerWakes {
  constructor(
    private readonly liveEvents: LiveEvents,
    private readonly clock: Clock,
  ) {}

  @Listens(MESSAGE_EVENT)
  async take({ unit, message, type }: MessageEvent): Promise<void> {
    if (type === 'replied') await this.wakeFor(unit, message.lead_id);
  }

  private async wakeFor(unit: Unit, leadId: string): Promise<void> {
    const waiting_since = this.clock.iso();
    const cases = await unit.of(Escalation).find({ lead_id: leadId }, { lock: true });
    for (const escalation of cases.filter(({ until_answer, status }) => until_answer && status !== 'resolved')) {
      const woken = await changeCase(unit, escalation, awake({ ...escalation, waiting_since }));
      this.liveEvents.publish(unit, escalationLiveEvent('escalation.changed', woken));
    }
  }
}
