import type { ServerResponse } from 'node:http';
import type { LiveEvents } from '../../live-events/index.js';
import type { Principal } from '../../operations/index.js';
import { EventWriter } from '../wire/index.js';
import { EventFeed, type EventSink, type FeedStart } from './event-feed.js';
import type { EventHub, ToldEvent } from './event-hub.js';

const MAX_BUFFERED_BYTES = 256 * 1024;
/** How long a client should wait before it comes back. */
const RETRY_MS = 2_000;

export interface StreamServices {
  readonly liveEvents: LiveEvents;
  readonly hub: EventHub;
  /** Milliseconds that only go up. */
  readonly now: () => number;
}

/** One answer that goes on: server-sent events to one caller. */
export class EventStream implements EventSink {
  private readonly feed: EventFeed;
  private readonly writer: EventWriter;

  /** @throws AppError invalid for types that there are not */
  constructor(
    response: ServerResponse,
    principal: Principal,
    start: FeedStart,
    { liveEvents, hub, now }: StreamServices,
  ) {
    this.writer = new EventWriter(response, MAX_BUFFERED_BYTES, now);
    this.feed = new EventFeed(liveEvents, hub, start, principal, this);
    response.on('drain', () => this.feed.wake());
    response.on('close', () => this.feed.stop());
  }

  get writtenBytes(): number {
    return this.writer.writtenBytes;
  }

  /** Begins to read; the head of the answer may be written once it resolves. */
  async open(): Promise<string> {
    return this.feed.open();
  }

  /** What comes first: how long to wait before coming back, and the place to come back to. */
  greet(position: string): void {
    this.writer.write(`retry: ${RETRY_MS}\n${idLine(position)}\n`);
    this.feed.wake();
  }

  hasRoom(): boolean {
    return this.writer.hasRoom;
  }

  send({ event, json }: ToldEvent): void {
    this.writer.send({ id: event.event_id, event: event.type, data: json });
  }

  reset(position: string): void {
    const data = JSON.stringify({ after: position, reason: RESET_REASON });
    this.writer.send({ id: position, event: 'reset', data });
  }

  fail(): void {
    this.end('the events could not be read; come back');
  }

  /** Keeps the line open, and tells a reader of rare events how far it has come. Lets go of one that reads nothing. */
  beat(): void {
    this.writer.beat(idLine(this.feed.position));
  }

  /** The scopes of a caller can change while it reads. */
  readAs(principal: Principal): void {
    this.feed.readAs(principal);
  }

  end(reason: string): void {
    this.feed.stop();
    this.writer.end(reason);
  }
}

/** Nothing for the beginning, and for what a caller made up. */
function idLine(position: string): string {
  return /^\d+-\d+$/.test(position) ? `id: ${position}\n` : '';
}

export const RESET_REASON =
  'events after the one you had are no longer kept, or it is not from this stream: read anew what you built from them';
