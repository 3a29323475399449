import { IntNum, Nested, Str } from '../operations/index.js';
import { LiveEvent } from './live-event.js';

export class ListEventsRequest {
  @Str({
    optional: true,
    max: 500,
    description: 'Types, separated by commas; `handoff.*` is all of a kind',
    example: 'handoff.*,approval.requested',
  })
  types?: string;
  @Str({ optional: true, min: 1, max: 200, description: 'Only events about this id, or that name it' })
  subject?: string;
  @Str({
    optional: true,
    max: 40,
    description: 'The id of the event after which to go on; the oldest that is kept when left out',
  })
  after?: string;
  @IntNum({ optional: true, min: 1, max: 500 }) limit?: number;
}

export class EventPage {
  @Nested(() => LiveEvent, { array: true }) items!: LiveEvent[];
  @Str({ description: 'Goes into `after` for what comes next, now or later' }) next!: string;
  @Str({
    nullable: true,
    description: 'Set when events before these are no longer kept: what was seen before cannot be continued',
  })
  reset!: string | null;
}
