import type { LiveEventType, NewLiveEvent } from '../live-events/index.js';
import type { Message, MessageStatus } from './message.entity.js';

/**
 * Statuses that are told. What is cancelled or uncertain did not go out, as far as anybody knows; its status says
 * why.
 */
const TYPE: Partial<Record<MessageStatus, LiveEventType>> = {
  planned: 'message.planned',
  held: 'message.held',
  sent: 'message.sent',
  failed: 'message.failed',
  cancelled: 'message.failed',
  uncertain: 'message.failed',
};

/** What is told when a message reaches a status; nothing while it is on its way. */
export function messageStatusEvents(
  message: MessageNames,
  status: MessageStatus,
  more: Record<string, unknown> = {},
): NewLiveEvent[] {
  const type = TYPE[status];
  return type ? [messageEvent(type, message, { status, ...more })] : [];
}

/** What a recipient or a provider did with a message. */
export function messageHappened(message: MessageNames, happened: string): NewLiveEvent {
  return messageEvent('message.event', message, { event: happened });
}

type MessageNames = Pick<Message, 'message_id' | 'channel' | 'lead_id' | 'campaign_id'>;

function messageEvent(
  type: LiveEventType,
  { message_id, channel, lead_id, campaign_id }: MessageNames,
  data: Record<string, unknown>,
): NewLiveEvent {
  return {
    type,
    subject_kind: 'message',
    subject_id: message_id,
    scope: 'messages:read',
    data: { ...data, channel, lead_id, campaign_id },
  };
}
