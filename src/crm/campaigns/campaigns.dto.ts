import {
  Choice,
  DayField,
  Email,
  Flag,
  ID_PREFIX,
  Instant,
  IntNum,
  ListOf,
  ListRequest,
  Nested,
  Num,
  Str,
} from '../../operations/index.js';
import type { AbVariant } from './ab-variant.entity.js';
import type { CampaignDay } from './campaign-day.entity.js';
import type { Campaign } from './campaign.entity.js';
import { CAMPAIGN_STATUSES, CHANNELS, ID_PATTERN, KPIS, REGIONS } from '../../vocabulary/index.js';

const MAX_BUDGET_USD = 1_000_000_000;

export class CreateCampaignRequest {
  @Str({ optional: true, max: 64, pattern: ID_PATTERN, description: 'Chosen by the caller, else made here' })
  campaign_id?: string;
  @Str({ min: 1, max: 200, example: 'Spring demo drive' }) name!: string;
  @Str({ min: 1, max: 80, example: 'Lead Gen' }) objective!: string;
  @Instant() start_date!: string;
  @Instant({ optional: true, nullable: true }) end_date?: string | null;
  @ListOf('string', { minItems: 1, maxItems: 6, values: CHANNELS }) channel_mix!: string[];
  @Num({ min: 0, max: MAX_BUDGET_USD }) daily_budget_usd!: number;
  @Num({ min: 0, max: MAX_BUDGET_USD }) total_budget_usd!: number;
  @Email({ optional: true, nullable: true }) owner_email?: string | null;
  @Choice(REGIONS, { optional: true, nullable: true }) primary_region?: string | null;
  @ListOf('string', { optional: true, maxItems: 20 }) target_personas?: string[];
  @Choice(KPIS, { optional: true, default: 'CPL' }) kpi?: string;
}

export class UpdateCampaignRequest {
  @Str({ min: 1, max: 64 }) campaign_id!: string;
  @Str({ optional: true, min: 1, max: 200 }) name?: string;
  @Str({ optional: true, min: 1, max: 80 }) objective?: string;
  @Instant({ optional: true }) start_date?: string;
  @Instant({ optional: true, nullable: true }) end_date?: string | null;
  @ListOf('string', { optional: true, minItems: 1, maxItems: 6, values: CHANNELS }) channel_mix?: string[];
  @Num({ optional: true, min: 0, max: MAX_BUDGET_USD }) daily_budget_usd?: number;
  @Num({ optional: true, min: 0, max: MAX_BUDGET_USD }) total_budget_usd?: number;
  @Email({ optional: true, nullable: true }) owner_email?: string | null;
  @Choice(REGIONS, { optional: true, nullable: true }) primary_region?: string | null;
  @ListOf('string', { optional: true, maxItems: 20 }) target_personas?: string[];
  @Choice(KPIS, { optional: true }) kpi?: string;
  @Choice(CAMPAIGN_STATUSES, { optional: true }) status?: string;
}

export class CampaignIdRequest {
  @Str({ min: 1, max: 64 }) campaign_id!: string;
}

export class ListCampaignsRequest extends ListRequest {
  @Str(ID_PREFIX) id_prefix?: string;
  @Choice(CAMPAIGN_STATUSES, { optional: true }) status?: string;
  @Str({ optional: true, max: 80 }) objective?: string;
  @Choice(REGIONS, { optional: true }) primary_region?: string;
}

export class CampaignResponse {
  @Str() campaign_id!: string;
  @Str() name!: string;
  @Str() objective!: string;
  @Instant() start_date!: string;
  @Instant({ nullable: true }) end_date!: string | null;
  @ListOf('string') channel_mix!: string[];
  @Num() daily_budget_usd!: number;
  @Num() total_budget_usd!: number;
  @Str({ nullable: true }) owner_email!: string | null;
  @Str({ nullable: true }) primary_region!: string | null;
  @ListOf('string') target_personas!: string[];
  @Str() kpi!: string;
  @Choice(CAMPAIGN_STATUSES) status!: string;
  @IntNum({ min: 1, description: 'Also the ETag' }) version!: number;
  @Instant({ nullable: true }) updated_at!: string | null;
}

export class CampaignPage {
  @Nested(() => CampaignResponse, { array: true }) items!: CampaignResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

export class CampaignDailyRequest extends CampaignIdRequest {
  @DayField({ optional: true, description: 'First day' }) from?: string;
  @DayField({ optional: true, description: 'Last day' }) to?: string;
}

export class CampaignDayResponse {
  @DayField() date!: string;
  @IntNum() impressions!: number;
  @IntNum() clicks!: number;
  @Num() ctr!: number;
  @IntNum() leads_created!: number;
  @IntNum() conversions!: number;
  @Num() cost_usd!: number;
  @Num() revenue_usd!: number;
  @Num({ nullable: true }) cpl_usd!: number | null;
  @Num() roas!: number;
}

export class CampaignTotalsResponse {
  @IntNum() impressions!: number;
  @IntNum() clicks!: number;
  @IntNum() leads_created!: number;
  @IntNum() conversions!: number;
  @Num() cost_usd!: number;
  @Num() revenue_usd!: number;
  @Num({ nullable: true }) ctr!: number | null;
  @Num({ nullable: true }) cpl_usd!: number | null;
  @Num({ nullable: true }) conversion_rate!: number | null;
  @Num({ nullable: true }) roas!: number | null;
}

export class CampaignDailyResponse {
  @Str() campaign_id!: string;
  @Nested(() => CampaignDayResponse, { array: true }) days!: CampaignDayResponse[];
  @Nested(() => CampaignTotalsResponse) totals!: CampaignTotalsResponse;
}

export class VariantResponse {
  @Str() variant_id!: string;
  @Str() campaign_id!: string;
  @Str() channel!: string;
  @Str() creative_type!: string;
  @Str() subject_line!: string;
  @Str() call_to_action!: string;
  @Str() tone!: string;
  @IntNum() length_words!: number;
  @Flag({ description: 'Paused variants are not chosen any more' }) is_paused!: boolean;
}

export class VariantListResponse {
  @Nested(() => VariantResponse, { array: true }) items!: VariantResponse[];
}

export function toCampaignResponse(campaign: Campaign): CampaignResponse {
  return {
    campaign_id: campaign.campaign_id,
    name: campaign.name,
    objective: campaign.objective,
    start_date: campaign.start_date,
    end_date: campaign.end_date,
    channel_mix: campaign.channel_mix,
    daily_budget_usd: campaign.daily_budget_usd,
    total_budget_usd: campaign.total_budget_usd,
    owner_email: campaign.owner_email,
    primary_region: campaign.primary_region,
    target_personas: campaign.target_personas,
    kpi: campaign.kpi,
    status: campaign.status,
    version: campaign.version,
    updated_at: campaign.updated_at,
  };
}

export function toDayResponse(day: CampaignDay): CampaignDayResponse {
  return {
    date: day.date,
    impressions: day.impressions,
    clicks: day.clicks,
    ctr: day.ctr,
    leads_created: day.leads_created,
    conversions: day.conversions,
    cost_usd: day.cost_usd,
    revenue_usd: day.revenue_usd,
    cpl_usd: day.cpl_usd,
    roas: day.roas,
  };
}

export function toVariantResponse(variant: AbVariant): VariantResponse {
  return {
    variant_id: variant.variant_id,
    campaign_id: variant.campaign_id,
    channel: variant.channel,
    creative_type: variant.creative_type,
    subject_line: variant.subject_line,
    call_to_action: variant.call_to_action,
    tone: variant.tone,
    length_words: variant.length_words,
    is_paused: variant.is_paused,
  };
}
