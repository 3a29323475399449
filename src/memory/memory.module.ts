import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ConsolidationController } from './consolidation/consolidation.controller.js';
import { Consolidation, ConsolidationItem } from './consolidation/consolidation.entities.js';
import { ConsolidationReports } from './consolidation/consolidation-reports.js';
import { ConsolidationRun } from './consolidation/consolidation.run.js';
import { ConsolidationService } from './consolidation/consolidation.service.js';
import { Generalisations } from './consolidation/generalisations.js';
import { MemoryClock } from './consolidation/memory-clock.js';
import { TripleKeeper } from './consolidation/triple-keeper.js';
import { EPISODIC_ENTITIES, EPISODIC_PROVIDERS } from './episodic/episodic.providers.js';
import { LeadMemoryService } from './lead-memory.service.js';
import { FactStore } from './long-term/fact.store.js';
import { ForgottenLead } from './long-term/learning/forgotten-lead.entity.js';
import { LeadLearning } from './long-term/learning/lead-learning.js';
import { MemorySignals } from './long-term/learning/memory-signals.entity.js';
import { ObservedEvent } from './long-term/learning/observed-event.entity.js';
import { LongTermMemory } from './long-term/long-term.entity.js';
import { LongTermStore } from './long-term/long-term.store.js';
import { MemoryFact } from './long-term/memory-fact.entity.js';
import { MemoryController } from './memory.controller.js';
import { MemoryResources } from './memory-resources.js';
import { MemoryService } from './memory.service.js';
import { GraphController } from './semantic/graph.controller.js';
import { GraphService } from './semantic/graph.service.js';
import { GraphWalks } from './semantic/graph-walks.js';
import { SemanticStore } from './semantic/semantic.store.js';
import { SemanticTriple } from './semantic/semantic-triple.entity.js';
import { TripleProvenance } from './semantic/triple-provenance.entity.js';
import { ShortTermMemory } from './short-term/short-term.entity.js';
import { ShortTermStore } from './short-term/short-term.store.js';

@Module({
  imports: [
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
  controllers: [MemoryController, GraphController, ConsolidationController],
  providers: [
    ShortTermStore,
    LongTermStore,
    FactStore,
    LeadLearning,
    ...EPISODIC_PROVIDERS,
    SemanticStore,
    GraphWalks,
    GraphService,
    MemoryService,
    LeadMemoryService,
    MemoryResources,
    ConsolidationReports,
    ConsolidationRun,
    ConsolidationService,
    Generalisations,
    MemoryClock,
    TripleKeeper,
  ],
  exports: [MemoryService, LeadMemoryService, FactStore, ConsolidationService, MemoryClock],
})
export class MemoryModule {}
