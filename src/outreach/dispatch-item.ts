import type { OutboxItem } from '../queue/index.js';
import type { Message } from './message.entity.js';
import type { Channel } from '../vocabulary/index.js';

export const DISPATCH_TOPIC = 'message.dispatch';

export interface DispatchPayload {
  message_id: string;
  channel: Channel;
}

const STAGGER_MS = 1_000;
const LARGEST_VALUE = 1_000_000;

/** The promise to judge and send a message at a time. One per message and time: promising it twice changes nothing. */
export function dispatchAt(
  { message_id, channel }: Pick<Message, 'message_id' | 'channel'>,
  at: string,
  dueAt: string = at,
): OutboxItem {
  const payload: DispatchPayload = { message_id, channel };
  return { topic: DISPATCH_TOPIC, key: `${DISPATCH_TOPIC}:${message_id}:${at}`, payload, availableAt: dueAt };
}

/**
 * The same for a held message. What was held until the same instant becomes due within the second after it, the most
 * valuable first: 0 ms for a million dollars, a full second for nothing, logarithmic between.
 */
export function dispatchHeld(
  message: Pick<Message, 'message_id' | 'channel' | 'expected_value'>,
  earliest: string,
): OutboxItem {
  const share = Math.log1p(Math.min(Math.max(message.expected_value, 0), LARGEST_VALUE)) / Math.log1p(LARGEST_VALUE);
  const dueAt = new Date(Date.parse(earliest) + Math.round(STAGGER_MS * (1 - share))).toISOString();
  return dispatchAt(message, earliest, dueAt);
}
