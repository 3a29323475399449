import { Injectable } from '@nestjs/common';
import { Listens } from '../../operations/index.js';
import { MESSAGE_RESOLVED, type MessageResolved } from '../../outreach/index.js';
import { Escalation } from './escalation.entity.js';
import { Inbox } from '../inbox.js';
import { UNRESOLVED } from '../vocabulary.js';

/** Closes the case of a message of unknown end when somebody says at the message itself what became of it. */
@Injectable()
export class CasesOfMessages {
  constructor(private readonly inbox: Inbox) {}

  @Listens(MESSAGE_RESOLVED)
  async close({ unit, message: { message_id, lead_id }, by, resolution, now }: MessageResolved): Promise<void> {
    const cases = await unit.of(Escalation).find({ lead_id, reason: 'uncertain_delivery', status: UNRESOLVED });
    for (const { escalation_id, context } of cases)
      if (context.message_id === message_id)
        await this.inbox.closeCase(unit, escalation_id, { by, note: `said of the message: ${resolution}` }, now);
  }
}
