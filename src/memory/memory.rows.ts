import { Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { KeepsRows, type RowKeeper, type Reader, type SqlRow, type Unit } from '../database/index.js';
import { Consolidation, ConsolidationItem } from './consolidation/consolidation.entities.js';
import { EpisodeIndexRow, EpisodeEvent, EpisodicMemory, PendingEpisode } from './episodic/episodic.entities.js';
import { EpisodicStore } from './episodic/episodic.store.js';
import { LeadMemoryService } from './lead-memory.service.js';
import {
  ForgottenLead,
  LongTermMemory,
  MemoryFact,
  MemorySignals,
  ObservedEvent,
} from './long-term/long-term.entities.js';
import { SemanticTriple, TripleProvenance } from './semantic/semantic.entities.js';
import { SemanticStore } from './semantic/semantic.store.js';
import { ShortTermMemory } from './short-term/short-term.entity.js';

/** The tables that a data set fills, for its import and export: they write and read rows in bulk, past the tiers. */
export const MEMORY_TABLES = {
  memory_short_term: ShortTermMemory,
  memory_long_term: LongTermMemory,
  memory_episodic: EpisodicMemory,
  semantic_kg_triples: SemanticTriple,
} as const;

const OF_LEAD = { by: 'lead_id' };
const WITH_LEAD = { until: 'the lead is erased' };
const WITH_EPISODE = { until: 'the episode is removed' };
const IN_EPISODES = { keeper: 'with the episode, found by its tellings and by the full-text index' };

@Injectable()
@KeepsRows([
  {
    table: ShortTermMemory,
    holds: 'what a conversation is about right now',
    keeps: { swept: 'until its own end, when consolidation takes it up' },
    lead: OF_LEAD,
  },
  { table: LongTermMemory, holds: 'what is known of a lead', keeps: WITH_LEAD, lead: OF_LEAD },
  { table: MemoryFact, holds: 'a belief about a lead, with its two times', keeps: WITH_LEAD, lead: OF_LEAD },
  { table: MemorySignals, holds: "what a lead's events add up to", keeps: WITH_LEAD, lead: OF_LEAD },
  {
    table: ObservedEvent,
    holds: 'that an event was counted',
    keeps: { days: 'contact', after: 'counted_on' },
    lead: OF_LEAD,
  },
  {
    table: ForgottenLead,
    holds: 'that a lead was erased, by the hash of its id',
    keeps: { until: 'always: what happened before is not learned from again' },
    lead: { none: 'a hash' },
  },
  {
    table: EpisodicMemory,
    holds: 'a situation, what was done, and how well it went',
    keeps: { until: 'a person, or the last lead it is about, has it removed; the same told again is one row' },
    lead: { keeper: 'by its tellings and by the full-text index' },
  },
  { table: EpisodeIndexRow, holds: 'what search knows of an episode', keeps: WITH_EPISODE, lead: IN_EPISODES },
  { table: PendingEpisode, holds: 'that an episode waits to be indexed', keeps: WITH_EPISODE, lead: IN_EPISODES },
  {
    table: EpisodeEvent,
    holds: 'one event that was told as an episode',
    keeps: { days: 'contact', after: 'told_at' },
    lead: OF_LEAD,
  },
  {
    table: SemanticTriple,
    holds: 'a statement of the knowledge graph',
    keeps: { until: 'the last thing that it rests on is erased; its weight decays' },
    lead: { keeper: 'by the indexes on both ends, and by its provenance' },
  },
  {
    table: TripleProvenance,
    holds: 'what a statement was learned from',
    keeps: { until: 'the statement goes' },
    lead: OF_LEAD,
  },
  {
    table: ConsolidationItem,
    holds: 'one thing that a consolidation made or ended',
    keeps: {
      days: 'consolidation',
      after: 'SELECT r.started_at FROM memory_consolidations r WHERE r.run_id = memory_consolidation_items.run_id',
    },
    lead: OF_LEAD,
  },
  {
    table: Consolidation,
    holds: 'a run of the consolidation',
    keeps: { days: 'consolidation', after: 'started_at' },
    lead: { none: 'counts' },
  },
  ...['', '_data', '_idx', '_docsize', '_config'].map((part) => ({
    table: `memory_episodic_fts${part}`,
    holds: 'the full-text index of the episodes',
    keeps: WITH_EPISODE,
    lead: IN_EPISODES,
  })),
])
export class MemoryRows implements RowKeeper {
  constructor(
    private readonly leadMemory: LeadMemoryService,
    private readonly episodic: EpisodicStore,
    private readonly semantic: SemanticStore,
    private readonly clock: Clock,
  ) {}

  async eraseLead(unit: Unit, leadId: string): Promise<boolean> {
    await this.leadMemory.forgetLead(unit, leadId, this.clock.iso());
    return false;
  }

  async exportLead(reader: Reader, leadId: string): Promise<Record<string, readonly SqlRow[]>> {
    return {
      memory_episodic: (await this.episodic.exportLead(reader, leadId)) as unknown as SqlRow[],
      semantic_kg_triples: (await this.semantic.exportLead(reader, leadId)) as unknown as SqlRow[],
    };
  }
}
