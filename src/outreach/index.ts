export { hashAddress, normaliseAddress } from './address.js';
export { type HoldRule, type SendFacts, type SendWish, type Verdict, judgeSend } from './gate.js';
export { MESSAGE_SETTLED, type MessageSettled, PERMISSION_CHANGED, type PermissionChanged } from './happenings.js';
export { MESSAGE_EVENT, type MessageEvent } from './message-events.service.js';
export { type Message, MESSAGE_STATUSES, type MessageStatus } from './message.entity.js';
export { Messages, type SentMessage } from './messages.js';
export { type MessageStats, type MessageWish, Outreach } from './outreach.js';
export { OutreachModule } from './outreach.module.js';
export { DEFAULT_SEND_POLICY, SEND_POLICY, type SendPolicy, zoneOf } from './send-policy.js';
