import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { RequestRecorder } from './request-recorder.js';

@Module({ controllers: [HealthController, MetricsController], providers: [RequestRecorder] })
export class SystemModule {}
