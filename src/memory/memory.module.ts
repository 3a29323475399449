import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AsOfModule } from '../as-of/index.js';
import { ConsolidationReports } from './consolidation/consolidation-reports.js';
import { Consolidation, ConsolidationItem } from './consolidation/consolidation.entities.js';
import { ConsolidationRun } from './consolidation/consolidation.run.js';
import { ConsolidationService } from './consolidation/consolidation.service.js';
import { Generalisations } from './consolidation/generalisations.js';
import { TripleKeeper } from './consolidation/triple-keeper.js';
import { EPISODIC_ENTITIES, EPISODIC_PROVIDERS } from './episodic/episodic.providers.js';
import { LeadMemoryService } from './lead-memory.service.js';
import { LeadLearning } from './long-term/learning/lead-learning.js';
import {
  ForgottenLead,
  LongTermMemory,
  MemoryFact,
  MemorySignals,
  ObservedEvent,
} from './long-term/long-term.entities.js';
import { LongTermStore } from './long-term/long-term.store.js';
import { MemoryTiers } from './memory-tier.js';
import { EpisodicTier } from './episodic/episodic.tier.js';
import { LongTermTier } from './long-term/long-term.tier.js';
import { SemanticTier } from './semantic/semantic.tier.js';
import { ShortTermTier } from './short-term/short-term.tier.js';
import { MemoryResources } from './memory-resources.js';
import { MemoryRows } from './memory.rows.js';
import { MemoryService } from './memory.service.js';
import { GraphWalks } from './semantic/graph-walks.js';
import { GraphService } from './semantic/graph.service.js';
import { SemanticTriple, TripleProvenance } from './semantic/semantic.entities.js';
import { SemanticStore } from './semantic/semantic.store.js';
import { ShortTermMemory } from './short-term/short-term.entity.js';
import { ShortTermStore } from './short-term/short-term.store.js';

/** A tier that is named here is a tier everywhere. */
const TIERS = [ShortTermTier, LongTermTier, EpisodicTier, SemanticTier];

@Module({
  imports: [
    AsOfModule,
    DiscoveryModule,
    TypeOrmModule.forFeature([
      ShortTermMemory,
      LongTermMemory,
      MemoryFact,
      MemorySignals,
      ObservedEvent,
      ForgottenLead,
      ...EPISODIC_ENTITIES,
      SemanticTriple,
      TripleProvenance,
      Consolidation,
      ConsolidationItem,
    ]),
  ],
  providers: [
    MemoryRows,
    ShortTermStore,
    LongTermStore,
    LeadLearning,
    ...EPISODIC_PROVIDERS,
    SemanticStore,
    GraphWalks,
    GraphService,
    ...TIERS,
    MemoryTiers,
    MemoryService,
    LeadMemoryService,
    MemoryResources,
    ConsolidationReports,
    ConsolidationRun,
    ConsolidationService,
    Generalisations,
    TripleKeeper,
  ],
  exports: [MemoryService, LeadMemoryService, ConsolidationService],
})
export class MemoryModule {}
