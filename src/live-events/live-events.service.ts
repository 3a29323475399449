import { Injectable } from '@nestjs/common';
import { unauthenticated } from '../errors/index.js';
import { DEFAULT_PAGE } from '../operations/index.js';
import { Operation, type QueryContext } from '../operations/index.js';
import { eventFilter } from './event-filter.js';
import { EventPage, ListEventsRequest } from './live-events.dto.js';
import { LiveEvents } from './live-events.js';

@Injectable()
export class LiveEventsService {
  constructor(private readonly liveEvents: LiveEvents) {}

  @Operation({
    name: 'event.list',
    permission: null,
    kind: 'query',
    request: ListEventsRequest,
    response: EventPage,
    summary: 'What happened, oldest first: the events whose scope the caller holds',
    rest: 'GET /api/v1/events/history',
  })
  async list(
    { after, limit = DEFAULT_PAGE, ...wish }: ListEventsRequest,
    { principal }: QueryContext,
  ): Promise<EventPage> {
    // permission is by event, but somebody it must be
    if (!principal as boolean) throw unauthenticated('this operation needs an access token or an API key');
    const { events, next, hasGap } = await this.liveEvents.read(after, limit, eventFilter(wish, principal));
    return {
      items: events,
      next,
      reset: hasGap
        ? 'events after that id are no longer kept, or it is not from this stream; these begin with the oldest'
        : null,
    };
  }
}
