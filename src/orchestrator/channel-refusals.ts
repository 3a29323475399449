import { Injectable } from '@nestjs/common';
import { Inbox } from '../inbox/index.js';
import { Listens } from '../operations/index.js';
import { CHANNEL_REFUSED, type ChannelRefused } from '../outreach/index.js';

/** A wire or provider that refuses us is for a person: nothing of ours can mend a sender address or a password. */
@Injectable()
export class ChannelRefusals {
  constructor(private readonly inbox: Inbox) {}

  @Listens(CHANNEL_REFUSED)
  async refused({ unit, channel, message_id, reason, until }: ChannelRefused): Promise<void> {
    await this.inbox.escalate(unit, [
      {
        reason: 'delivery',
        summary: `${channel} rests: the other side refuses us (${reason})`,
        context: { channel, message_id, reason, rests_until: until },
        raisedBy: 'system',
      },
    ]);
  }
}
