import { Module } from '@nestjs/common';
import { DecisionsModule, PolicyRegistry } from '../../decisions/index.js';
import { EngagementAgent } from './engagement.agent.js';
import { engagementPolicy } from './plan-engagement.js';
import { engagementPolicyOfFacts, engagementPolicyWithoutFacts } from './v1/plan-engagement.js';
import { NoWordsModel, WordsModel } from './write-words.js';

@Module({
  imports: [DecisionsModule],
  providers: [EngagementAgent, { provide: WordsModel, useClass: NoWordsModel }],
  exports: [EngagementAgent],
})
export class EngagementModule {
  constructor(policies: PolicyRegistry) {
    policies.register(engagementPolicyWithoutFacts, engagementPolicyOfFacts, engagementPolicy);
  }
}
