import { Module } from '@nestjs/common';
import { DecisionsModule, PolicyRegistry } from '../../decisions/index.js';
import { BaseRateModel, LeadModel } from './lead-model.js';
import { LeadTriageAgent } from './lead-triage.agent.js';
import { triagePolicy } from './triage-lead.js';
import { triagePolicyOfMemory, triagePolicyWithoutMemory } from './v1/triage-lead.js';

@Module({
  imports: [DecisionsModule],
  providers: [LeadTriageAgent, { provide: LeadModel, useClass: BaseRateModel }],
  exports: [LeadTriageAgent],
})
export class LeadTriageModule {
  constructor(policies: PolicyRegistry) {
    policies.register(triagePolicyWithoutMemory, triagePolicyOfMemory, triagePolicy);
  }
}
