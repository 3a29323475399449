export { hashAddress, normaliseAddress } from './address.js';
export { type AnswerFinder, type BlockingCaseReader, BlockingCases } from './blocking-cases.js';
export { type SendFacts, type SendWish, type Verdict, judgeSend } from './gate.js';
export type { HoldRule } from './hold-rules.js';
export type { Heals, Permission } from './permission.js';
export { type ChannelPermissions, Permissions } from './permissions.js';
export {
  CHANNEL_REFUSED,
  type ChannelRefused,
  MESSAGE_RESOLVED,
  type MessageResolved,
  MESSAGE_SETTLED,
  type MessageSettled,
  PERMISSION_CHANGED,
  type PermissionChanged,
} from './happenings.js';
export { MESSAGE_EVENT, type MessageEvent } from './message-events.service.js';
export { type Message, MESSAGE_STATUSES, type MessageStatus, type SequenceStep } from './message.entity.js';
export { Messages, type SentMessage } from './messages.js';
export { originOf } from './origin-of.js';
export { type MessageStats, type MessageWish, Outreach } from './outreach.js';
export { UncertainMessages } from './uncertain-messages.js';
export { OutreachModule } from './outreach.module.js';
export { DEFAULT_SEND_POLICY, SEND_POLICY, type SendPolicy } from './send-policy.js';
export { zonesOf } from './zones-of.js';
export { signWebhook } from './channels/webhook.channel.js';
