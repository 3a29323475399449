import { Module } from '@nestjs/common';
import { QueueInspectionController } from './queue-inspection.controller.js';
import { QueueInspectionService } from './queue-inspection.service.js';

@Module({ controllers: [QueueInspectionController], providers: [QueueInspectionService] })
export class QueueInspectionModule {}
