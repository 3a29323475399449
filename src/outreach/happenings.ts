import type { Unit } from '../database/index.js';
import { Happening } from '../operations/index.js';
import type { Channel, SuppressionChannel } from '../vocabulary/index.js';
import type { HoldRule } from './hold-rules.js';
import type { Message } from './message.entity.js';

/** What became of a message on its way: it went out, it never will, or time alone will not let it go. */
export interface MessageSettled {
  readonly unit: Unit;
  /** As it stands now. */
  readonly message: Message;
  /** held: by a rule that time cannot heal · cancelled: expired, or there is nobody to send it to. */
  readonly what: 'sent' | 'failed' | 'bounced' | 'uncertain' | 'held' | 'cancelled';
  readonly rule: HoldRule | null;
  readonly reason: string | null;
  readonly now: string;
}

/** Told in the unit that writes it down; what a caller takes back itself is not told. */
export const MESSAGE_SETTLED = new Happening<MessageSettled>('message settled');

/** That a person has said what became of a message of which nobody knew whether it arrived. */
export interface MessageResolved {
  readonly unit: Unit;
  readonly message: Pick<Message, 'message_id' | 'lead_id'>;
  readonly by: string;
  readonly resolution: string;
  readonly now: string;
}

/** Told in the unit that writes it down. */
export const MESSAGE_RESOLVED = new Happening<MessageResolved>('message resolved');

/** That what may be sent to a person is something else than before. */
export interface PermissionChanged {
  readonly unit: Unit;
  readonly lead_id: string;
  /** given, withdrawn: the person's own word · lifted: a suppression ended · suppressed: one began. */
  readonly change: 'given' | 'withdrawn' | 'lifted' | 'suppressed';
  readonly channel: SuppressionChannel;
  readonly now: string;
}

/** Told in the unit that records the word or the suppression. */
export const PERMISSION_CHANGED = new Happening<PermissionChanged>('permission changed');

/** That the other side of a channel refuses us, and not a recipient. */
export interface ChannelRefused {
  readonly unit: Unit;
  readonly channel: Channel;
  /** The message that was refused. */
  readonly message_id: string;
  readonly reason: string;
  /** The channel rests so long before it is tried again. */
  readonly until: string;
  readonly now: string;
}

/** Told once, until a message goes through again. */
export const CHANNEL_REFUSED = new Happening<ChannelRefused>('channel refused');
