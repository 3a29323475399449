import { Module } from '@nestjs/common';
import { OperationsModule } from '../../operations/index.js';
import { CampaignOptimizationAgent } from './campaign-optimization.agent.js';

@Module({ imports: [OperationsModule], providers: [CampaignOptimizationAgent], exports: [CampaignOptimizationAgent] })
export class CampaignOptimizationModule {}
