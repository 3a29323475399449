export { EventFeed, type EventSink, type FeedStart } from './event-feed.js';
export { EventHub, type ToldEvent } from './event-hub.js';
export { RESET_REASON } from './event-stream.js';
export { EventStreams } from './event-streams.js';
export { EventsModule } from './events.module.js';
export { MetricsSampler } from './metrics-sampler.js';
