import { Injectable } from '@nestjs/common';
import { KeepsRows } from '../database/index.js';
import { AbVariant } from './campaigns/ab-variant.entity.js';
import { CampaignDay } from './campaigns/campaign-day.entity.js';
import { Campaign } from './campaigns/campaign.entity.js';
import { AgentAction } from './conversations/agent-action.entity.js';
import { Conversation } from './conversations/conversation.entity.js';
import { Interaction } from './conversations/interaction.entity.js';
import { Conversion } from './conversions/conversion.entity.js';
import { Lead } from './leads/lead.entity.js';
import { Segment } from './segments/segment.entity.js';

const OF_LEAD = { by: 'lead_id' };
const WITH_LEAD = { until: 'the lead is erased' };
const WITH_CAMPAIGN = { until: 'the campaign is removed' };
const NO_LEAD = { none: 'about campaigns' };

@Injectable()
@KeepsRows([
  { table: Lead, holds: 'a person who might buy', keeps: { until: 'the lead is erased' }, lead: OF_LEAD },
  {
    table: Conversation,
    holds: 'a conversation with a lead',
    keeps: { days: 'contact', after: 'last_event_at' },
    lead: OF_LEAD,
  },
  {
    table: Interaction,
    holds: 'one event between Herald and a lead',
    keeps: { days: 'contact', after: 'timestamp' },
    lead: OF_LEAD,
  },
  { table: AgentAction, holds: 'what an agent did', keeps: { days: 'action', after: 'timestamp' }, lead: OF_LEAD },
  { table: Conversion, holds: 'what a lead bought', keeps: WITH_LEAD, lead: OF_LEAD },
  { table: Campaign, holds: 'a campaign', keeps: { until: 'a person removes it' }, lead: NO_LEAD },
  { table: AbVariant, holds: "a creative of a campaign's test", keeps: WITH_CAMPAIGN, lead: NO_LEAD },
  { table: CampaignDay, holds: 'the figures of a campaign and a day', keeps: WITH_CAMPAIGN, lead: NO_LEAD },
  {
    table: Segment,
    holds: 'a set of leads, given by rules',
    keeps: { until: 'a person removes it' },
    lead: { none: 'rules over fields, no list of persons' },
  },
])
export class CrmRows {}
