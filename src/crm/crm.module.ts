import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Campaigns } from './campaigns/campaigns.js';
import { CampaignFeedService } from './campaigns/campaign-feed.service.js';
import { CampaignsService } from './campaigns/campaigns.service.js';
import { AgentActions } from './conversations/agent-actions.js';
import { Conversations } from './conversations/conversations.js';
import { ConversationsService } from './conversations/conversations.service.js';
import { Interactions } from './conversations/interactions.js';
import { Conversions } from './conversions/conversions.js';
import { ConversionsService } from './conversions/conversions.service.js';
import { CrmResources } from './crm-resources.js';
import { CrmRows } from './crm.rows.js';
import { CRM_TABLES } from './crm-tables.js';
import { FigureKeeper } from './figures/figure-keeper.js';
import { LeadFigures } from './figures/figures.entities.js';
import { PortfolioFigures } from './figures/portfolio-figures.js';
import { LeadErasure } from './leads/lead-erasure.js';
import { Leads } from './leads/leads.js';
import { LeadsService } from './leads/leads.service.js';
import { SegmentsService } from './segments/segments.service.js';

/** What others may use. */
const FACES = [
  Leads,
  Campaigns,
  Conversations,
  Interactions,
  AgentActions,
  Conversions,
  FigureKeeper,
  PortfolioFigures,
];

@Module({
  imports: [TypeOrmModule.forFeature([...Object.values(CRM_TABLES), LeadFigures])],
  providers: [
    ...FACES,
    LeadsService,
    LeadErasure,
    CrmRows,
    CampaignsService,
    CampaignFeedService,
    ConversationsService,
    ConversionsService,
    SegmentsService,
    CrmResources,
  ],
  exports: FACES,
})
export class CrmModule {}
