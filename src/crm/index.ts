export { AbVariant } from './campaigns/ab-variant.entity.js';
export { CampaignDay } from './campaigns/campaign-day.entity.js';
export { Campaign } from './campaigns/campaign.entity.js';
export { AgentAction } from './conversations/agent-action.entity.js';
export { Conversation } from './conversations/conversation.entity.js';
export { ConversationsService } from './conversations/conversations.service.js';
export { Interaction } from './conversations/interaction.entity.js';
export { openConversation } from './conversations/open-conversation.js';
export { Conversion } from './conversions/conversion.entity.js';
export { ConversionsService } from './conversions/conversions.service.js';
export { CrmModule } from './crm.module.js';
export { flowStateOfStatus } from './leads/flow-state-of-status.js';
export { LeadRemoval } from './leads/lead-removal.js';
export { Lead } from './leads/lead.entity.js';
export { campaignUpdated, leadUpdated } from './resource-updates.js';
export { Segment } from './segments/segment.entity.js';
export {
  CHANNELS,
  COMPANY_SIZES,
  CONVERSION_TYPES,
  KPIS,
  LEAD_STATUSES,
  OUTCOMES,
  REGIONS,
  TRIAGE_CATEGORIES,
} from './vocabulary.js';
