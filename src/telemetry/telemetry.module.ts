import { Global, Module } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { HealthRegistry } from './health.js';
import { Log } from './log.js';
import { Metrics } from './metrics.js';

@Global()
@Module({
  providers: [
    { provide: Log, useFactory: (settings: Settings) => new Log(settings), inject: [Settings] },
    Metrics,
    HealthRegistry,
  ],
  exports: [Log, Metrics, HealthRegistry],
})
export class TelemetryModule {}
