export { type EventWish, eventFilter } from './event-filter.js';
export { isLaterEvent } from './event-position.js';
export { EventSweep } from './event-sweep.js';
export { LIVE_EVENT_TYPES, LiveEvent, type LiveEventType, type NewLiveEvent } from './live-event.js';
export { type EventsRead, type LiveEventListener, LiveEvents } from './live-events.js';
export { LiveEventsModule } from './live-events.module.js';
