import { Entity } from 'typeorm';
import { Id, Ref, Text, Timestamp } from '../../database/index.js';
import type { Channel } from '../../vocabulary/index.js';

/** A channel whose other side refuses us: nothing goes over it for a while, and then one message to try. */
@Entity('channel_rests')
export class ChannelRest {
  @Id() channel!: Channel;
  @Text() reason!: string;
  /** The message that was refused. */
  @Ref() message_id!: string;
  @Timestamp() since!: string;
  @Timestamp() until!: string;
}
