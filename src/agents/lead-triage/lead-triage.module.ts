import { Module } from '@nestjs/common';
import { OperationsModule } from '../../operations/index.js';
import { BaseRateModel, LeadModel } from './lead-model.js';
import { LeadTriageAgent } from './lead-triage.agent.js';

@Module({
  imports: [OperationsModule],
  providers: [LeadTriageAgent, { provide: LeadModel, useClass: BaseRateModel }],
  exports: [LeadTriageAgent],
})
export class LeadTriageModule {}
