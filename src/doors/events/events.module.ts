import { Module } from '@nestjs/common';
import { WireModule } from '../wire/index.js';
import { EventHub } from './event-hub.js';
import { EventStreams } from './event-streams.js';
import { EventsController } from './events.controller.js';
import { MetricsSampler } from './metrics-sampler.js';

/** Live events over HTTP, and the feeds that the JSON-RPC door gives them out by. */
@Module({
  imports: [WireModule],
  controllers: [EventsController],
  providers: [EventHub, EventStreams, MetricsSampler],
  exports: [EventHub],
})
export class EventsModule {}
