import { AbVariant } from './campaigns/ab-variant.entity.js';
import { CampaignDay } from './campaigns/campaign-day.entity.js';
import { Campaign } from './campaigns/campaign.entity.js';
import { AgentAction } from './conversations/agent-action.entity.js';
import { Conversation } from './conversations/conversation.entity.js';
import { Interaction } from './conversations/interaction.entity.js';
import { Conversion } from './conversions/conversion.entity.js';
import { Lead } from './leads/lead.entity.js';
import { Segment } from './segments/segment.entity.js';

/** The tables of this module by name: for import and export alone, which take whole files in and out. */
export const CRM_TABLES = {
  campaigns: Campaign,
  ab_variants: AbVariant,
  segments: Segment,
  leads: Lead,
  conversations: Conversation,
  interactions: Interaction,
  agent_actions: AgentAction,
  campaign_daily: CampaignDay,
  conversions: Conversion,
} as const;
