import { Injectable } from '@nestjs/common';
import { newId } from '../../config/index.js';
import { Database, type Unit, gte, startsWith } from '../../database/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { conflict, invalid, notFound } from '../../errors/index.js';
import { type CommandContext, DEFAULT_PAGE, DoneResponse, Operation, checkVersion } from '../../operations/index.js';
import { Lead } from '../leads/lead.entity.js';
import { campaignUpdated } from '../resource-updates.js';
import { AbVariant } from './ab-variant.entity.js';
import { CampaignDay } from './campaign-day.entity.js';
import { campaignTotals } from './campaign-totals.js';
import { Campaign } from './campaign.entity.js';
import { Campaigns } from './campaigns.js';
import {
  CampaignDailyRequest,
  CampaignDailyResponse,
  CampaignIdRequest,
  CampaignPage,
  CampaignResponse,
  CreateCampaignRequest,
  ListCampaignsRequest,
  UpdateCampaignRequest,
  VariantListResponse,
  toCampaignResponse,
  toDayResponse,
  toVariantResponse,
} from './campaigns.dto.js';

@Injectable()
export class CampaignsService {
  constructor(
    private readonly database: Database,
    private readonly campaigns: Campaigns,
    private readonly liveEvents: LiveEvents,
  ) {}

  @Operation({
    name: 'campaign.create',
    permission: 'campaigns:write',
    kind: 'command',
    request: CreateCampaignRequest,
    response: CampaignResponse,
    summary: 'Start a campaign',
    rest: { route: 'POST /api/v1/campaigns', status: 201, hasEtag: true },
    resource: 'db://campaigns',
    needsPerson: { for: 'money' },
  })
  async create(request: CreateCampaignRequest, { unit, now }: CommandContext): Promise<CampaignResponse> {
    checkDates(request.start_date, request.end_date);
    const campaign: Campaign = {
      campaign_id: request.campaign_id ?? newId('CMP'),
      name: request.name,
      objective: request.objective,
      start_date: request.start_date,
      end_date: request.end_date ?? null,
      channel_mix: request.channel_mix,
      daily_budget_usd: request.daily_budget_usd,
      total_budget_usd: request.total_budget_usd,
      owner_email: request.owner_email ?? null,
      primary_region: request.primary_region ?? null,
      target_personas: request.target_personas ?? [],
      kpi: request.kpi ?? 'CPL',
      status: 'active',
      version: 1,
      updated_at: now,
    };
    if ((await unit.of(Campaign).insertNew(campaign)) === 0) {
      throw conflict('campaign_exists', `campaign_id: there is a campaign "${campaign.campaign_id}" already`);
    }
    this.liveEvents.publish(unit, campaignUpdated(campaign.campaign_id));
    return toCampaignResponse(campaign);
  }

  @Operation({
    name: 'campaign.get',
    permission: 'campaigns:read',
    kind: 'query',
    request: CampaignIdRequest,
    response: CampaignResponse,
    summary: 'One campaign',
    rest: { route: 'GET /api/v1/campaigns/:campaign_id', hasEtag: true },
    resource: 'db://campaigns',
    audience: 'marketer',
  })
  async get({ campaign_id }: CampaignIdRequest): Promise<CampaignResponse> {
    return toCampaignResponse(await this.find(campaign_id));
  }

  @Operation({
    name: 'campaign.list',
    permission: 'campaigns:read',
    kind: 'query',
    request: ListCampaignsRequest,
    response: CampaignPage,
    summary: 'Campaigns, filtered, a page at a time',
    rest: 'GET /api/v1/campaigns',
    resource: 'db://campaigns',
    audience: 'marketer',
  })
  async list({ limit = DEFAULT_PAGE, cursor, id_prefix, ...filters }: ListCampaignsRequest): Promise<CampaignPage> {
    const where = { ...filters, ...(id_prefix !== undefined && { campaign_id: startsWith(id_prefix) }) };
    const page = await this.database.of(Campaign).page({ where, limit, cursor });
    return { items: page.items.map(toCampaignResponse), next_cursor: page.next_cursor };
  }

  @Operation({
    name: 'campaign.update',
    permission: 'campaigns:write',
    kind: 'command',
    request: UpdateCampaignRequest,
    response: CampaignResponse,
    summary: 'Change some fields of a campaign',
    rest: { route: 'PATCH /api/v1/campaigns/:campaign_id', hasEtag: true },
    resource: 'db://campaigns',
    needsPerson: { for: 'money', fields: ['daily_budget_usd', 'total_budget_usd'] },
    isIdempotent: true,
  })
  async update(
    { campaign_id, ...changes }: UpdateCampaignRequest,
    { unit, now, ifMatch }: CommandContext,
  ): Promise<CampaignResponse> {
    const campaign = await this.lock(unit, campaign_id);
    checkVersion(ifMatch, campaign.version);
    if (Object.keys(changes).length === 0) return toCampaignResponse(campaign);
    checkDates(
      changes.start_date ?? campaign.start_date,
      changes.end_date === undefined ? campaign.end_date : changes.end_date,
    );
    return toCampaignResponse(await this.campaigns.move(unit, campaign, changes, now));
  }

  @Operation({
    name: 'campaign.delete',
    permission: 'campaigns:write',
    kind: 'command',
    isDestructive: true,
    request: CampaignIdRequest,
    response: DoneResponse,
    summary: 'Remove a campaign that has no leads',
    rest: { route: 'DELETE /api/v1/campaigns/:campaign_id', isEmpty: true },
    resource: 'db://campaigns',
    isIdempotent: true,
  })
  async delete({ campaign_id }: CampaignIdRequest, { unit, ifMatch }: CommandContext): Promise<DoneResponse> {
    const campaign = await this.lock(unit, campaign_id);
    checkVersion(ifMatch, campaign.version);
    const leads = await unit.of(Lead).count({ campaign_id });
    if (leads > 0)
      throw conflict(
        'campaign_in_use',
        `the campaign has ${leads} leads; set its status to "ended" instead of deleting it`,
      );
    this.liveEvents.publish(unit, campaignUpdated(campaign_id));
    for (const entity of [AbVariant, CampaignDay, Campaign])
      await unit.of<{ campaign_id: string }>(entity).delete({ campaign_id });
    return {};
  }

  @Operation({
    name: 'campaign.daily',
    permission: 'campaigns:read',
    kind: 'query',
    request: CampaignDailyRequest,
    response: CampaignDailyResponse,
    summary: 'What a campaign did day by day, and in all',
    rest: 'GET /api/v1/campaigns/:campaign_id/daily',
    resource: 'db://campaigns',
    audience: 'marketer',
  })
  async daily({ campaign_id, from, to }: CampaignDailyRequest): Promise<CampaignDailyResponse> {
    if (from && to && from > to) throw invalid('from', 'must not be after "to"');
    await this.find(campaign_id);
    const days = (
      await this.database
        .of(CampaignDay)
        .find({ campaign_id, ...(from && { date: gte(from) }) }, { order: { date: 'asc' } })
    ).filter((day) => !to || day.date <= to);
    return { campaign_id, days: days.map(toDayResponse), totals: campaignTotals(days) };
  }

  @Operation({
    name: 'campaign.variants',
    permission: 'campaigns:read',
    kind: 'query',
    request: CampaignIdRequest,
    response: VariantListResponse,
    summary: 'The creatives of a campaign',
    rest: 'GET /api/v1/campaigns/:campaign_id/variants',
    resource: 'db://campaigns',
  })
  async variants({ campaign_id }: CampaignIdRequest): Promise<VariantListResponse> {
    await this.find(campaign_id);
    const variants = await this.database.of(AbVariant).find({ campaign_id }, { order: { variant_id: 'asc' } });
    return { items: variants.map(toVariantResponse) };
  }

  private async find(campaignId: string): Promise<Campaign> {
    const campaign = await this.database.of(Campaign).get(campaignId);
    if (!campaign) throw notFound('campaign', campaignId);
    return campaign;
  }

  private async lock(unit: Unit, campaignId: string): Promise<Campaign> {
    const campaign = await this.campaigns.lock(unit, campaignId);
    if (!campaign) throw notFound('campaign', campaignId);
    return campaign;
  }
}

function checkDates(start: string, end: string | null | undefined): void {
  if (end && end < start) throw invalid('end_date', 'must not be before start_date');
}
