import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventResource } from './event-resource.js';
import { EventSweep } from './event-sweep.js';
import { LiveEventRow } from './live-event-row.entity.js';
import { LiveEvents } from './live-events.js';
import { LiveEventsRows } from './live-events.rows.js';
import { LiveEventsService } from './live-events.service.js';

/** What happened, told as it happens and kept for a while. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([LiveEventRow])],
  providers: [LiveEvents, LiveEventsService, LiveEventsRows, EventSweep, EventResource],
  exports: [LiveEvents],
})
export class LiveEventsModule {}
