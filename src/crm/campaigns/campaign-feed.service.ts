import { Injectable } from '@nestjs/common';
import { newId } from '../../config/index.js';
import type { Unit } from '../../database/index.js';
import { conflict, invalid, notFound } from '../../errors/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { type CommandContext, Operation } from '../../operations/index.js';
import { campaignUpdated } from '../resource-updates.js';
import { AbVariant } from './ab-variant.entity.js';
import { CampaignDay } from './campaign-day.entity.js';
import {
  CreateVariantRequest,
  ReportDayRequest,
  ReportDaysRequest,
  ReportDaysResponse,
  type ReportedDay,
  UpdateVariantRequest,
} from './campaign-feed.dto.js';
import type { Campaign } from './campaign.entity.js';
import { VariantResponse, toDayResponse, toVariantResponse } from './campaigns.dto.js';
import { Campaigns } from './campaigns.js';

const DAY_MS = 86_400_000;
const COUNTED = ['leads_created', 'conversions', 'revenue_usd'] as const;

/** What a campaign is fed with while it runs: the figures of its days, and its creatives. */
@Injectable()
export class CampaignFeedService {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly liveEvents: LiveEvents,
  ) {}

  @Operation({
    name: 'campaign.report_days',
    permission: 'campaigns:write',
    kind: 'command',
    request: ReportDaysRequest,
    response: ReportDaysResponse,
    summary: 'Report the figures of days; later figures of a day replace earlier ones',
    rest: { route: 'PUT /api/v1/campaigns/:campaign_id/daily' },
    resource: 'db://campaigns',
    isIdempotent: true,
  })
  async reportDays(
    { campaign_id, days }: ReportDaysRequest,
    { unit, now }: CommandContext,
  ): Promise<ReportDaysResponse> {
    const campaign = await this.lock(unit, campaign_id);
    days.forEach((day, index) => checkDay(day, campaign, now, `days[${index}].date`));
    const dates = days.map(({ date }) => date);
    const twice = dates.findIndex((date, index) => dates.indexOf(date) !== index);
    if (twice >= 0) throw invalid(`days[${twice}].date`, `${dates[twice]} is there twice`);
    return this.store(unit, campaign_id, days);
  }

  @Operation({
    name: 'campaign.report_day',
    permission: 'campaigns:write',
    kind: 'command',
    request: ReportDayRequest,
    response: ReportDaysResponse,
    summary: 'Report the figures of one day; later figures replace earlier ones',
    rest: { route: 'PUT /api/v1/campaigns/:campaign_id/daily/:date' },
    resource: 'db://campaigns',
    isIdempotent: true,
  })
  async reportDay(
    { campaign_id, ...day }: ReportDayRequest,
    { unit, now }: CommandContext,
  ): Promise<ReportDaysResponse> {
    checkDay(day, await this.lock(unit, campaign_id), now, 'date');
    return this.store(unit, campaign_id, [day]);
  }

  @Operation({
    name: 'variant.create',
    permission: 'campaigns:write',
    kind: 'command',
    request: CreateVariantRequest,
    response: VariantResponse,
    summary: 'Add a creative to a campaign',
    rest: { route: 'POST /api/v1/campaigns/:campaign_id/variants', status: 201, tag: 'campaigns' },
    resource: 'db://campaigns',
    needsPerson: { for: 'message' },
  })
  async createVariant(request: CreateVariantRequest, { unit }: CommandContext): Promise<VariantResponse> {
    await this.lock(unit, request.campaign_id);
    const variant: AbVariant = { ...request, variant_id: request.variant_id ?? newId('VAR'), is_paused: false };
    if ((await unit.of(AbVariant).insertNew(variant)) === 0)
      throw conflict('variant_exists', `variant_id: there is a variant "${variant.variant_id}" already`);
    this.liveEvents.publish(unit, campaignUpdated(request.campaign_id));
    return toVariantResponse(variant);
  }

  @Operation({
    name: 'variant.update',
    permission: 'campaigns:write',
    kind: 'command',
    request: UpdateVariantRequest,
    response: VariantResponse,
    summary: 'Change a creative, pause it, or have it chosen again',
    rest: { route: 'PATCH /api/v1/campaigns/:campaign_id/variants/:variant_id', tag: 'campaigns' },
    resource: 'db://campaigns',
    isIdempotent: true,
    needsPerson: { for: 'message', fields: ['subject_line', 'call_to_action'] },
  })
  async updateVariant(
    { campaign_id, variant_id, ...changes }: UpdateVariantRequest,
    { unit }: CommandContext,
  ): Promise<VariantResponse> {
    await this.lock(unit, campaign_id);
    const [variant] = await unit.of(AbVariant).find({ variant_id, campaign_id }, { lock: true });
    if (!variant) throw notFound('variant', variant_id);
    await unit.of(AbVariant).update({ variant_id }, changes);
    this.liveEvents.publish(unit, campaignUpdated(campaign_id));
    return toVariantResponse({ ...variant, ...changes });
  }

  private async store(unit: Unit, campaign_id: string, days: readonly ReportedDay[]): Promise<ReportDaysResponse> {
    const dates = days.map(({ date }) => date);
    const standing = await unit.of(CampaignDay).find({ campaign_id, date: dates }, { lock: true });
    const known = new Map(standing.map((day) => [day.date, day]));
    const rows = days.map((day) => toRow(campaign_id, day, known.get(day.date)));
    await unit.of(CampaignDay).upsert(rows);
    this.liveEvents.publish(unit, campaignUpdated(campaign_id));
    const odd = days.filter(({ clicks, impressions }) => clicks > impressions);
    const warnings = odd.map(
      ({ date, clicks, impressions }) => `${date}: ${clicks} clicks on ${impressions} impressions`,
    );
    return { campaign_id, days: rows.map(toDayResponse), warnings };
  }

  private async lock(unit: Unit, campaignId: string): Promise<Campaign> {
    const campaign = await this.campaigns.lock(unit, campaignId);
    if (!campaign) throw notFound('campaign', campaignId);
    return campaign;
  }
}

/** What is reported, beside what Herald itself has counted of the day. */
function toRow(campaign_id: string, day: ReportedDay, standing: CampaignDay | undefined): CampaignDay {
  const own = {
    own_leads_created: standing?.own_leads_created ?? 0,
    own_conversions: standing?.own_conversions ?? 0,
    own_revenue_usd: standing?.own_revenue_usd ?? 0,
  };
  const leads_created = day.leads_created ?? own.own_leads_created;
  const conversions = day.conversions ?? own.own_conversions;
  const revenue_usd = day.revenue_usd ?? own.own_revenue_usd;
  const { date, impressions, clicks, cost_usd } = day;
  return {
    campaign_id,
    ...{ date, impressions, clicks, leads_created, conversions, cost_usd, revenue_usd },
    ctr: impressions > 0 ? clicks / impressions : 0,
    cpl_usd: leads_created > 0 ? cost_usd / leads_created : null,
    roas: cost_usd > 0 ? revenue_usd / cost_usd : 0,
    ...own,
    reported: COUNTED.filter((field) => day[field] !== undefined).join(','),
  };
}

/** @throws AppError invalid for a day on which the campaign did not run, or that has not come yet */
function checkDay({ date }: ReportedDay, { start_date, end_date }: Campaign, now: string, path: string): void {
  // where it is tomorrow already, the day is today
  if (date > new Date(Date.parse(now) + DAY_MS).toISOString().slice(0, 10)) throw invalid(path, 'lies in the future');
  if (date < start_date.slice(0, 10))
    throw invalid(path, `lies before the campaign's start, ${start_date.slice(0, 10)}`);
  if (end_date !== null && date > end_date.slice(0, 10))
    throw invalid(path, `lies after the campaign's end, ${end_date.slice(0, 10)}`);
}
