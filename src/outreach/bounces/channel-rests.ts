import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import type { Unit } from '../../database/index.js';
import { Listeners } from '../../operations/index.js';
import { CHANNEL_REFUSED } from '../happenings.js';
import type { Message } from '../message.entity.js';
import { ChannelRest } from './channel-rest.entity.js';

const REST_MINUTES = 60;

/** Rests channels whose other side refuses us, until a message goes through again. */
@Injectable()
export class ChannelRests {
  constructor(
    private readonly clock: Clock,
    private readonly listeners: Listeners,
  ) {}

  /** The first refusal is told, so that a person can do something about it. */
  async begin(
    unit: Unit,
    { channel, message_id }: Pick<Message, 'channel' | 'message_id'>,
    reason: string,
  ): Promise<void> {
    const now = this.clock.iso();
    const until = new Date(Date.parse(now) + REST_MINUTES * 60_000).toISOString();
    const rest = { channel, reason, message_id, since: now, until };
    const isNew = (await unit.of(ChannelRest).insertNew(rest)) === 1;
    if (!isNew) await unit.of(ChannelRest).update({ channel }, { reason, message_id, until });
    else await this.listeners.tell(CHANNEL_REFUSED, { unit, channel, message_id, reason, until, now });
  }

  /** A message went through. */
  async end(unit: Unit, { channel }: Pick<Message, 'channel'>): Promise<void> {
    await unit.of(ChannelRest).delete({ channel });
  }
}
