import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EpisodicMemory } from './episodic.entity.js';
import { EpisodicStore } from './episodic.store.js';
import { LongTermMemory } from './long-term.entity.js';
import { LongTermStore } from './long-term.store.js';
import { MemoryController } from './memory.controller.js';
import { MemoryResources } from './memory-resources.js';
import { MemoryService } from './memory.service.js';
import { SemanticStore } from './semantic.store.js';
import { SemanticTriple } from './semantic-triple.entity.js';
import { ShortTermMemory } from './short-term.entity.js';
import { ShortTermStore } from './short-term.store.js';

@Module({
  imports: [TypeOrmModule.forFeature([ShortTermMemory, LongTermMemory, EpisodicMemory, SemanticTriple])],
  controllers: [MemoryController],
  providers: [ShortTermStore, LongTermStore, EpisodicStore, SemanticStore, MemoryService, MemoryResources],
  exports: [MemoryService],
})
export class MemoryModule {}
