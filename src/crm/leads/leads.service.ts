import { Injectable } from '@nestjs/common';
import { Settings, newId } from '../../config/index.js';
import { Database, RowKeepers, type Unit, gte, startsWith } from '../../database/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { conflict, invalid, notFound } from '../../errors/index.js';
import {
  type CommandContext,
  type QueryContext,
  DEFAULT_PAGE,
  DoneResponse,
  Happening,
  Listeners,
  Operation,
  checkVersion,
  refuseAgents,
} from '../../operations/index.js';
import { Outbox } from '../../queue/index.js';
import { NEWCOMER } from '../../vocabulary/index.js';
import { Campaign } from '../campaigns/campaign.entity.js';
import { countLeadCreated } from '../campaigns/campaign-counters.js';
import { leadUpdated } from '../resource-updates.js';
import { phoneInCountry } from './lead-fields.js';
import { LeadErasure } from './lead-erasure.js';
import { Lead } from './lead.entity.js';
import { Leads } from './leads.js';
import {
  CreateLeadRequest,
  LeadExport,
  LeadIdRequest,
  LeadPage,
  LeadResponse,
  ListLeadsRequest,
  UpdateLeadRequest,
  toLeadResponse,
} from './leads.dto.js';

/** What somebody changed about a lead by hand or over a door, as its listeners see it. */
export interface LeadEdited {
  readonly unit: Unit;
  readonly before: Lead;
  readonly after: Lead;
  /** The principal's id. */
  readonly by: string;
  readonly now: string;
}

/** Told in the unit that changes the lead. */
export const LEAD_EDITED = new Happening<LeadEdited>('lead edited');

@Injectable()
export class LeadsService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly settings: Settings,
    private readonly leads: Leads,
    private readonly erasure: LeadErasure,
    private readonly keepers: RowKeepers,
    private readonly liveEvents: LiveEvents,
    private readonly listeners: Listeners,
  ) {}

  @Operation({
    name: 'lead.create',
    permission: 'leads:write',
    kind: 'command',
    request: CreateLeadRequest,
    response: LeadResponse,
    summary: 'Take in a lead',
    rest: { route: 'POST /api/v1/leads', status: 201, hasEtag: true },
    resource: 'db://leads',
  })
  async create(request: CreateLeadRequest, { unit, now }: CommandContext): Promise<LeadResponse> {
    const { triage, lead_id = newId('L'), ...fields } = request;
    await this.checkCampaign(unit, request.campaign_id);
    if (request.lead_id !== undefined && (await this.erasure.isUnderWay(unit, lead_id)))
      throw conflict('lead_being_erased', `lead_id: what was kept about "${lead_id}" is being erased; try again soon`);
    const lead: Lead = {
      lead_id,
      created_at: now,
      source: fields.source,
      campaign_id: fields.campaign_id ?? null,
      triage_category: null,
      ...NEWCOMER,
      lead_score: null,
      company_size: fields.company_size ?? null,
      industry: fields.industry ?? null,
      persona: fields.persona ?? null,
      region: fields.region ?? null,
      preferred_channel: fields.preferred_channel ?? null,
      gdpr_consent: fields.gdpr_consent ?? false,
      email: fields.email ?? null,
      country: fields.country ?? null,
      time_zone: fields.time_zone ?? null,
      phone: phoneInCountry(fields.phone ?? null, fields.country),
      assigned_engagement_agent: null,
      last_active_at: now,
      message: fields.message ?? null,
      version: 1,
      updated_at: now,
    };
    if ((await unit.of(Lead).insertNew(lead)) === 0)
      throw conflict('lead_exists', `lead_id: there is a lead "${lead_id}" already`);
    this.liveEvents.publish(unit, leadUpdated(lead_id));
    if (lead.campaign_id) await countLeadCreated(unit, lead.campaign_id, now);
    if (triage ?? this.settings.autoTriage) {
      await this.outbox.add(unit, [
        { topic: 'lead.triage', key: `lead.triage:${lead_id}`, payload: { lead_id }, leadId: lead_id },
      ]);
    }
    return toLeadResponse(lead);
  }

  @Operation({
    name: 'lead.get',
    permission: 'leads:read',
    kind: 'query',
    request: LeadIdRequest,
    response: LeadResponse,
    summary: 'One lead',
    rest: { route: 'GET /api/v1/leads/:lead_id', hasEtag: true },
    aliases: { rpc: 'getLead' },
    resource: 'db://leads',
    audience: 'marketer',
  })
  async get({ lead_id }: LeadIdRequest): Promise<LeadResponse> {
    const lead = await this.database.of(Lead).get(lead_id);
    if (!lead) throw notFound('lead', lead_id);
    return toLeadResponse(lead);
  }

  @Operation({
    name: 'lead.export',
    permission: 'leads:write',
    kind: 'query',
    request: LeadIdRequest,
    response: LeadExport,
    rest: 'GET /api/v1/leads/:lead_id/export',
    summary: 'Everything that is kept about a lead, by table, as for a data subject’s request',
  })
  async export({ lead_id }: LeadIdRequest, { now }: QueryContext): Promise<LeadExport> {
    if (!(await this.database.of(Lead).get(lead_id))) throw notFound('lead', lead_id);
    return { lead_id, exported_at: now, rows: await this.keepers.exportLead(this.database, lead_id) };
  }

  @Operation({
    name: 'lead.list',
    permission: 'leads:read',
    kind: 'query',
    request: ListLeadsRequest,
    response: LeadPage,
    summary: 'Leads, filtered, a page at a time',
    rest: 'GET /api/v1/leads',
    resource: 'db://leads',
    audience: 'marketer',
  })
  async list({
    limit = DEFAULT_PAGE,
    cursor,
    sort = '-created_at',
    min_score,
    id_prefix,
    ...filters
  }: ListLeadsRequest): Promise<LeadPage> {
    const page = await this.database
      .of(Lead)
      .page({
        where: {
          ...filters,
          ...(id_prefix !== undefined && { lead_id: startsWith(id_prefix) }),
          ...(min_score !== undefined && { lead_score: gte(min_score) }),
        },
        order: sort === 'lead_id' ? { lead_id: 'asc' } : { created_at: sort.startsWith('-') ? 'desc' : 'asc' },
        limit,
        cursor,
      });
    return { items: page.items.map(toLeadResponse), next_cursor: page.next_cursor };
  }

  @Operation({
    name: 'lead.update',
    permission: 'leads:write',
    kind: 'command',
    request: UpdateLeadRequest,
    response: LeadResponse,
    summary: 'Change some fields of a lead',
    rest: { route: 'PATCH /api/v1/leads/:lead_id', hasEtag: true },
    aliases: { rpc: 'updateLead' },
    resource: 'db://leads',
    audience: 'marketer',
    isIdempotent: true,
  })
  async update(
    { lead_id, ...changes }: UpdateLeadRequest,
    { unit, now, principal, ifMatch }: CommandContext,
  ): Promise<LeadResponse> {
    const lead = await this.lock(unit, lead_id);
    checkVersion(ifMatch, lead.version);
    if (Object.keys(changes).length === 0) return toLeadResponse(lead);
    await this.checkCampaign(unit, changes.campaign_id);
    if (changes.phone) changes.phone = phoneInCountry(changes.phone, changes.country ?? lead.country);
    const after = await this.leads.move(unit, lead, changes, now);
    await this.listeners.tell(LEAD_EDITED, { unit, before: lead, after, by: principal.id, now });
    // a listener may have moved it on
    return toLeadResponse((await this.leads.get(unit, lead_id)) ?? after);
  }

  @Operation({
    name: 'lead.delete',
    permission: 'leads:write',
    kind: 'command',
    isDestructive: true,
    request: LeadIdRequest,
    response: DoneResponse,
    summary: 'Remove a lead and all that is kept about it',
    rest: { route: 'DELETE /api/v1/leads/:lead_id', isEmpty: true },
    resource: 'db://leads',
    isIdempotent: true,
  })
  async delete({ lead_id }: LeadIdRequest, { unit, now, ifMatch, principal }: CommandContext): Promise<DoneResponse> {
    refuseAgents(principal, 'delete leads');
    const lead = await this.lock(unit, lead_id);
    checkVersion(ifMatch, lead.version);
    await this.erasure.erase(unit, lead_id, now);
    this.liveEvents.publish(unit, leadUpdated(lead_id));
    return {};
  }

  private async lock(unit: Unit, leadId: string): Promise<Lead> {
    const lead = await this.leads.lock(unit, leadId);
    if (!lead) throw notFound('lead', leadId);
    return lead;
  }

  private async checkCampaign(unit: Unit, campaignId: string | null | undefined): Promise<void> {
    if (campaignId && !(await unit.of(Campaign).get(campaignId)))
      throw invalid('campaign_id', `there is no campaign "${campaignId}"`);
  }
}
