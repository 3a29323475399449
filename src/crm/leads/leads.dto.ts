import {
  Choice,
  Flag,
  ID_PREFIX,
  Instant,
  IntNum,
  JsonObject,
  ListRequest,
  Nested,
  Read,
  Str,
} from '../../operations/index.js';
import type { Lead } from './lead.entity.js';
import { ONE_OF_REGIONS, readCountry, readEmail, readPhone, readRegion, readTimeZone } from './lead-fields.js';
import {
  CHANNELS,
  COMPANY_SIZES,
  ID_PATTERN,
  LEAD_STATUSES,
  REGIONS,
  TRIAGE_CATEGORIES,
} from '../../vocabulary/index.js';

/** The fields that both creation and change can set. */
class LeadFields {
  @Str({
    optional: true,
    nullable: true,
    pattern: ID_PATTERN,
    max: 64,
    description: 'The campaign that brought the lead',
  })
  campaign_id?: string | null;
  @Choice(COMPANY_SIZES, { optional: true, nullable: true }) company_size?: string | null;
  @Str({ optional: true, nullable: true, max: 80, example: 'SaaS' }) industry?: string | null;
  @Str({ optional: true, nullable: true, max: 80, example: 'CMO' }) persona?: string | null;
  @Read(readRegion, { max: 80, optional: true, nullable: true, example: 'EU', description: ONE_OF_REGIONS })
  region?: string | null;
  @Read(readCountry, {
    max: 80,
    optional: true,
    nullable: true,
    example: 'DE',
    description: 'Where the lead lives: an ISO 3166-1 code, or the name of a country; kept as the code of two letters',
  })
  country?: string | null;
  @Read(readTimeZone, {
    max: 60,
    optional: true,
    nullable: true,
    example: 'Europe/Berlin',
    description: 'Where known: its nights are quiet. Else it is taken from country, telephone and region',
  })
  time_zone?: string | null;
  @Choice(CHANNELS, { optional: true, nullable: true }) preferred_channel?: string | null;
  @Flag({ optional: true, description: 'Whether the lead agreed to be contacted' }) gdpr_consent?: boolean;
  @Read(readEmail, {
    max: 400,
    optional: true,
    nullable: true,
    example: 'ada@example.com',
    description: 'One address; taken out of forms such as "Ada <ada@example.com>"',
  })
  email?: string | null;
  @Read(readPhone, {
    max: 60,
    optional: true,
    nullable: true,
    example: '+12025550142',
    description: 'Kept as E.164 where it begins with + or the country is known',
  })
  phone?: string | null;
  @Str({ optional: true, nullable: true, max: 4000, description: 'What the lead wrote; kept as data' }) message?:
    string | null;
}

export class CreateLeadRequest extends LeadFields {
  @Str({ min: 1, max: 80, example: 'Website' }) source!: string;
  @Str({ optional: true, max: 64, pattern: ID_PATTERN, description: 'Chosen by the caller, else made here' })
  lead_id?: string;
  @Flag({ optional: true, description: 'Triage it as soon as it is stored; the server setting decides when left out' })
  triage?: boolean;
}

export class UpdateLeadRequest extends LeadFields {
  @Str({ min: 1, max: 64 }) lead_id!: string;
  @Str({ optional: true, min: 1, max: 80 }) source?: string;
  @Choice(LEAD_STATUSES, { optional: true }) lead_status?: string;
}

export class LeadIdRequest {
  @Str({ min: 1, max: 64 }) lead_id!: string;
}

export class ListLeadsRequest extends ListRequest {
  @Str(ID_PREFIX) id_prefix?: string;
  @Choice(LEAD_STATUSES, { optional: true }) lead_status?: string;
  @Choice(TRIAGE_CATEGORIES, { optional: true }) triage_category?: string;
  @Str({ optional: true, max: 64 }) campaign_id?: string;
  @Str({ optional: true, max: 80 }) source?: string;
  @Choice(REGIONS, { optional: true }) region?: string;
  @Str({ optional: true, max: 40 }) flow_state?: string;
  @IntNum({ optional: true, min: 0, max: 100, description: 'Only leads with this score or more' }) min_score?: number;
  @Choice(['created_at', '-created_at', 'lead_id'], {
    optional: true,
    default: '-created_at',
    description: 'A minus is newest first',
  })
  sort?: string;
}

export class LeadResponse {
  @Str() lead_id!: string;
  @Instant() created_at!: string;
  @Str() source!: string;
  @Str({ nullable: true }) campaign_id!: string | null;
  @Choice(TRIAGE_CATEGORIES, { nullable: true }) triage_category!: string | null;
  @Choice(LEAD_STATUSES) lead_status!: string;
  @IntNum({ nullable: true, min: 0, max: 100 }) lead_score!: number | null;
  @Str({ nullable: true }) company_size!: string | null;
  @Str({ nullable: true }) industry!: string | null;
  @Str({ nullable: true }) persona!: string | null;
  @Str({ nullable: true }) region!: string | null;
  @Str({ nullable: true }) preferred_channel!: string | null;
  @Str({ nullable: true, description: 'ISO 3166-1 alpha-2' }) country!: string | null;
  @Str({ nullable: true, description: 'IANA zone' }) time_zone!: string | null;
  @Flag() gdpr_consent!: boolean;
  @Str({ nullable: true }) email!: string | null;
  @Str({ nullable: true }) phone!: string | null;
  @Str({ nullable: true }) message!: string | null;
  @Str({ nullable: true }) assigned_engagement_agent!: string | null;
  @Instant({ nullable: true }) last_active_at!: string | null;
  @Str({ description: 'Where the lead stands in the flow' }) flow_state!: string;
  @IntNum({ min: 1, description: 'Also the ETag' }) version!: number;
  @Instant({ nullable: true }) updated_at!: string | null;
}

export class LeadPage {
  @Nested(() => LeadResponse, { array: true }) items!: LeadResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

/** All rows about a lead, as they are stored. */
export class LeadExport {
  @Str() lead_id!: string;
  @Instant() exported_at!: string;
  @JsonObject({ description: 'The rows by table; tables that hold none are left out' })
  rows!: Record<string, readonly object[]>;
}

export function toLeadResponse(lead: Lead): LeadResponse {
  return {
    lead_id: lead.lead_id,
    created_at: lead.created_at,
    source: lead.source,
    campaign_id: lead.campaign_id,
    triage_category: lead.triage_category,
    lead_status: lead.lead_status,
    lead_score: lead.lead_score,
    company_size: lead.company_size,
    industry: lead.industry,
    persona: lead.persona,
    region: lead.region,
    country: lead.country,
    time_zone: lead.time_zone,
    preferred_channel: lead.preferred_channel,
    gdpr_consent: lead.gdpr_consent,
    email: lead.email,
    phone: lead.phone,
    message: lead.message,
    assigned_engagement_agent: lead.assigned_engagement_agent,
    last_active_at: lead.last_active_at,
    flow_state: lead.flow_state,
    version: lead.version,
    updated_at: lead.updated_at,
  };
}
