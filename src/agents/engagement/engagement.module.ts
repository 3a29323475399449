import { Module } from '@nestjs/common';
import { OperationsModule } from '../../operations/index.js';
import { EngagementAgent } from './engagement.agent.js';
import { NoWordsModel, WordsModel } from './write-words.js';

@Module({
  imports: [OperationsModule],
  providers: [EngagementAgent, { provide: WordsModel, useClass: NoWordsModel }],
  exports: [EngagementAgent],
})
export class EngagementModule {}
