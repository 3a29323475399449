export {
  AGENT,
  AGENT_TYPES,
  type AgentName,
  type AgentType,
  HANDOFF_RECEIVERS,
  type HandoffReceiver,
  agentId,
  agentIdPattern,
  isHandoffReceiver,
  parseAgentName,
} from './agents.js';
export { type MailHeaders, autoReplyReason } from './auto-reply.js';
export { CAMPAIGN_STATUSES, KPIS } from './campaign-words.js';
export type { ChannelTraits, QuietHours } from './channel-table.js';
export {
  CHANNEL,
  CHANNELS,
  type Channel,
  OUTREACH_CHANNELS,
  type OutreachChannel,
  SUPPRESSION_CHANNELS,
  type SuppressionChannel,
} from './channels.js';
export {
  ANSWER_EVENTS,
  AUTO_REPLY,
  CLICK_EVENTS,
  CONSENT_EVENTS,
  MESSAGE_EVENTS,
  type MessageEventType,
  NOT_BY_THE_LEAD,
  OPEN_EVENTS,
  OPT_IN,
  PROVIDER_EVENTS,
  SEND_EVENTS,
  TRACKED_EVENTS,
  eventOfMessage,
  kindOfEvent,
} from './interaction-events.js';
export { type ChannelHistory, type InteractionHistory, NO_HISTORY } from './interaction-history.js';
export {
  COMPANY_SIZES,
  CONVERSION_TYPES,
  type CompanySize,
  type ConversionType,
  ID_PATTERN,
  LEAD_STATUSES,
  type LeadStatus,
  TRIAGE_CATEGORIES,
  type TriageCategory,
  flowStateOfStatus,
  NEWCOMER,
} from './lead-words.js';
export { GOOD_OUTCOMES, OUTCOMES, type Outcome, isGoodOutcome } from './outcomes.js';
export { DEFAULT_PRIORITY, PRIORITIES, PRIORITY, type Priority, placeInLine } from './priorities.js';
export {
  ESCALATION_REASON,
  ESCALATION_REASONS,
  type EscalationReason,
  HANDOFF_PURPOSES,
  type HandoffPurpose,
  SUPPRESSION_REASONS,
  type SuppressionReason,
} from './reasons.js';
export { REGIONS, type Region, ZONE_OF_REGION, zoneOfRegion } from './regions.js';
export { asksToStop } from './stop-words.js';
export { DEFAULT_TOPIC, TOPIC, TOPICS, type Topic, topicOf } from './topics.js';
export { sqlWords } from './words-sql.js';
