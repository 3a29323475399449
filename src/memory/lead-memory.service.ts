import { Injectable } from '@nestjs/common';
import { Database, type Unit } from '../database/index.js';
import { type CommandContext, Operation, type QueryContext } from '../operations/index.js';
import { ConsolidationReports } from './consolidation/consolidation-reports.js';
import { toItemResponse } from './consolidation/consolidation.dto.js';
import { LongTermStore } from './long-term/long-term.store.js';
import { MemoryTiers } from './memory-tier.js';
import {
  BeliefsAsOfRequest,
  BeliefsAsOfResponse,
  ForgottenResponse,
  LeadMemoryExport,
  LeadMemoryRequest,
  toFactResponse,
} from './memory.dto.js';

/** What memory holds of one person, across all tiers: shown, shown as of a day, and erased. */
@Injectable()
export class LeadMemoryService {
  constructor(
    private readonly database: Database,
    private readonly tiers: MemoryTiers,
    private readonly longTerm: LongTermStore,
    private readonly reports: ConsolidationReports,
  ) {}

  @Operation({
    name: 'memory.forget',
    permission: 'memory:rw',
    kind: 'command',
    request: LeadMemoryRequest,
    response: ForgottenResponse,
    isDestructive: true,
    summary: 'Erase what all four tiers hold of a lead, and what was learned from its events',
    rest: 'DELETE /api/v1/memory/leads/:lead_id',
    resource: 'cache://memory',
    isIdempotent: true,
  })
  async forget(
    { lead_id }: LeadMemoryRequest,
    { unit, now }: Pick<CommandContext, 'unit' | 'now'>,
  ): Promise<ForgottenResponse> {
    return this.forgetLead(unit, lead_id, now);
  }

  @Operation({
    name: 'memory.export',
    permission: 'memory:rw',
    kind: 'query',
    request: LeadMemoryRequest,
    response: LeadMemoryExport,
    summary: 'Everything that memory holds of a lead, as for a data subject’s request',
    rest: 'GET /api/v1/memory/leads/:lead_id',
    resource: 'cache://memory',
  })
  async export({ lead_id }: LeadMemoryRequest, { now }: Pick<QueryContext, 'now'>): Promise<LeadMemoryExport> {
    const parts: Record<string, unknown> = {};
    for (const tier of this.tiers.all) Object.assign(parts, await tier.exportLead(this.database, lead_id, now));
    const consolidated = (await this.reports.exportLead(this.database, lead_id)).map(toItemResponse);
    return { lead_id, exported_at: now, ...parts, consolidated } as LeadMemoryExport;
  }

  @Operation({
    name: 'memory.asOf',
    permission: 'memory:rw',
    kind: 'query',
    request: BeliefsAsOfRequest,
    response: BeliefsAsOfResponse,
    summary: 'What was believed of a lead on a day',
    rest: 'GET /api/v1/memory/leads/:lead_id/as-of',
    resource: 'cache://memory',
  })
  async asOf({ lead_id, at, known_at = at }: BeliefsAsOfRequest): Promise<BeliefsAsOfResponse> {
    const facts = await this.longTerm.factsAsOf(this.database, lead_id, at, known_at);
    return { lead_id, at, known_at, facts: facts.map(toFactResponse) };
  }

  /** Erases a lead from all tiers. Events that happened before are not learned from again. */
  async forgetLead(unit: Unit, lead_id: string, now: string): Promise<ForgottenResponse> {
    await this.reports.forgetLead(unit, lead_id);
    const forgotten: Record<string, number> = {};
    for (const tier of this.tiers.all) Object.assign(forgotten, await tier.forgetLead(unit, lead_id, now));
    return { lead_id, ...forgotten } as unknown as ForgottenResponse;
  }
}
