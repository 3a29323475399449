import { Injectable } from '@nestjs/common';
import { Database, type Unit } from '../database/index.js';
import { type CommandContext, Operation, type QueryContext } from '../operations/index.js';
import { ConsolidationReports } from './consolidation/consolidation-reports.js';
import { toItemResponse } from './consolidation/consolidation.dto.js';
import { EpisodicStore } from './episodic/episodic.store.js';
import { LeadLearning } from './long-term/learning/lead-learning.js';
import { LongTermStore } from './long-term/long-term.store.js';
import {
  BeliefsAsOfRequest,
  BeliefsAsOfResponse,
  ForgottenResponse,
  LeadMemoryExport,
  LeadMemoryRequest,
  toEpisodeResponse,
  toFactResponse,
  toLongTermResponse,
  toShortTermResponse,
} from './memory.dto.js';
import { toGraphTriple } from './semantic/graph.dto.js';
import { SemanticStore } from './semantic/semantic.store.js';
import { ShortTermStore } from './short-term/short-term.store.js';

/** What memory holds of one person, across all tiers: shown, shown as of a day, and erased. */
@Injectable()
export class LeadMemoryService {
  constructor(
    private readonly database: Database,
    private readonly shortTerm: ShortTermStore,
    private readonly longTerm: LongTermStore,
    private readonly learning: LeadLearning,
    private readonly episodic: EpisodicStore,
    private readonly semantic: SemanticStore,
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
    const reader = this.database;
    const holding = await this.longTerm.factsOf(reader, [lead_id], now);
    const signals = await this.learning.signalsOf(reader, lead_id);
    return {
      lead_id,
      exported_at: now,
      short_term: (await this.shortTerm.exportLead(reader, lead_id)).map(toShortTermResponse),
      long_term: (await this.longTerm.summariesOf(reader, [lead_id])).map((row) => toLongTermResponse(row, holding)),
      facts: (await this.longTerm.everBelieved(reader, lead_id)).map(toFactResponse),
      learned: signals ? { ...signals.signals_json, counted_until: signals.counted_until } : null,
      episodic: (await this.episodic.exportLead(reader, lead_id)).map((episode) => {
        const { relation, told_at } = episode;
        return { ...toEpisodeResponse(episode), relation, told_at };
      }),
      semantic: (await this.semantic.exportLead(reader, lead_id)).map((row) => toGraphTriple(row, row.provenance)),
      consolidated: (await this.reports.exportLead(reader, lead_id)).map(toItemResponse),
    };
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
    return {
      lead_id,
      short_term: await this.shortTerm.forgetLead(unit, lead_id),
      long_term: await this.longTerm.forgetLead(unit, lead_id),
      episodic: await this.episodic.forgetLead(unit, lead_id),
      semantic: await this.semantic.forgetLead(unit, lead_id),
      learned: await this.learning.forgetLead(unit, lead_id, now),
    };
  }
}
