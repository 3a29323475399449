import { Module } from '@nestjs/common';
import { QueueInspectionService } from './queue-inspection.service.js';

@Module({ providers: [QueueInspectionService] })
export class QueueInspectionModule {}
