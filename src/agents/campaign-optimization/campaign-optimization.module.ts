import { Module } from '@nestjs/common';
import { DecisionsModule, PolicyRegistry } from '../../decisions/index.js';
import { CampaignOptimizationAgent } from './campaign-optimization.agent.js';
import {
  optimizationPolicy,
  optimizationPolicyOfSingleSteps,
  optimizationPolicyWithoutMemory,
} from './optimize-campaign.js';

@Module({ imports: [DecisionsModule], providers: [CampaignOptimizationAgent], exports: [CampaignOptimizationAgent] })
export class CampaignOptimizationModule {
  constructor(policies: PolicyRegistry) {
    policies.register(optimizationPolicyWithoutMemory, optimizationPolicyOfSingleSteps, optimizationPolicy);
  }
}
