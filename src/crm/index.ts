export {
  CAMPAIGN_CHANGED,
  type CampaignChanged,
  type CampaignChanges,
  type CampaignSums,
  type CampaignTerm,
  Campaigns,
} from './campaigns/campaigns.js';
export type { AbVariant } from './campaigns/ab-variant.entity.js';
export type { CampaignDay } from './campaigns/campaign-day.entity.js';
export type { Campaign } from './campaigns/campaign.entity.js';
export { AgentActions, type NewAgentAction } from './conversations/agent-actions.js';
export { Conversations } from './conversations/conversations.js';
export type { Conversation } from './conversations/conversation.entity.js';
export { INTERACTION_TRACKED, type TrackedInteraction } from './conversations/conversations.service.js';
export type { Interaction } from './conversations/interaction.entity.js';
export { isMachineMade } from './conversations/machine-made.js';
export { Interactions } from './conversations/interactions.js';
export type { Conversion } from './conversions/conversion.entity.js';
export { type ConversionSum, Conversions } from './conversions/conversions.js';
export { CONVERSION_RECORDED, type RecordedConversion } from './conversions/conversions.service.js';
export { CrmModule } from './crm.module.js';
export { CRM_TABLES } from './crm-tables.js';
export { FigureKeeper } from './figures/figure-keeper.js';
export { LEAD_FIGURE } from './figures/lead-contribution.js';
export { PortfolioFigures, type Trials, trialsBy } from './figures/portfolio-figures.js';
export { eachLeadOnce } from './leads/each-lead-once.js';
export type { Lead } from './leads/lead.entity.js';
export { LEAD_EDITED, type LeadEdited } from './leads/leads.service.js';
export { type LeadChanges, type LeadMove, Leads } from './leads/leads.js';
