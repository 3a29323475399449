import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DecisionPart } from './decision-part.entity.js';
import { DecisionPacking } from './decision-packing.js';
import { DecisionParts } from './decision-parts.js';
import { DecisionsRows } from './decisions.rows.js';
import { Decision } from './decision.entity.js';
import { DecisionsService } from './decisions.service.js';
import { InverseRegistry } from './inverse-registry.js';
import { Ledger } from './ledger.js';
import { PolicyRegistry } from './policy-registry.js';
import { ReplayService } from './replay.service.js';
import { Undoing } from './undoing.js';

@Module({
  imports: [TypeOrmModule.forFeature([Decision, DecisionPart])],
  providers: [
    DecisionsRows,
    DecisionsService,
    DecisionPacking,
    DecisionParts,
    ReplayService,
    Ledger,
    PolicyRegistry,
    InverseRegistry,
    Undoing,
  ],
  exports: [Ledger, PolicyRegistry, InverseRegistry],
})
export class DecisionsModule {}
