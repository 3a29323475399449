import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AbVariant } from './campaigns/ab-variant.entity.js';
import { CampaignDay } from './campaigns/campaign-day.entity.js';
import { Campaign } from './campaigns/campaign.entity.js';
import { CampaignsService } from './campaigns/campaigns.service.js';
import { AgentAction } from './conversations/agent-action.entity.js';
import { Conversation } from './conversations/conversation.entity.js';
import { ConversationsService } from './conversations/conversations.service.js';
import { Interaction } from './conversations/interaction.entity.js';
import { Conversion } from './conversions/conversion.entity.js';
import { ConversionsService } from './conversions/conversions.service.js';
import { CrmResources } from './crm-resources.js';
import { CrmRows } from './crm.rows.js';
import { LeadErasure } from './leads/lead-erasure.js';
import { Lead } from './leads/lead.entity.js';
import { LeadsService } from './leads/leads.service.js';
import { Segment } from './segments/segment.entity.js';
import { SegmentsService } from './segments/segments.service.js';

const ENTITIES = [AbVariant, AgentAction, Campaign, CampaignDay, Conversation, Conversion, Interaction, Lead, Segment];

@Module({
  imports: [TypeOrmModule.forFeature(ENTITIES)],
  providers: [
    LeadsService,
    LeadErasure,
    CrmRows,
    CampaignsService,
    ConversationsService,
    ConversionsService,
    SegmentsService,
    CrmResources,
  ],
})
export class CrmModule {}
