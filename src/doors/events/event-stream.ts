import type { ServerResponse } from 'node:http';
import type { Authenticator, ShownCredentials } from '../../auth/index.js';
import type { LiveEvents } from '../../live-events/index.js';
import type { Principal } from '../../operations/index.js';
import { EventFeed, type EventSink, type FeedStart } from './event-feed.js';
import type { EventHub, ToldEvent } from './event-hub.js';
import { STREAM_LIMITS as LIMITS } from './stream-limits.js';

export interface StreamServices {
  readonly liveEvents: LiveEvents;
  readonly hub: EventHub;
  readonly authenticator: Authenticator;
  /** Milliseconds that only go up. */
  readonly now: () => number;
}

/**
 * One answer that goes on: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) to one
 * caller.
 */
export class EventStream implements EventSink {
  private readonly feed: EventFeed;
  private stalledSince: number | undefined;
  private bytesOut = 0;

  /** @throws AppError invalid for types that there are not */
  constructor(
    private readonly response: ServerResponse,
    private readonly caller: { readonly principal: Principal; readonly credentials: ShownCredentials },
    start: FeedStart,
    private readonly services: StreamServices,
  ) {
    this.feed = new EventFeed(services.liveEvents, services.hub, start, caller.principal, this);
    response.on('drain', () => {
      this.stalledSince = undefined;
      this.feed.wake();
    });
    response.on('close', () => this.feed.stop());
  }

  get writtenBytes(): number {
    return this.bytesOut;
  }

  /** Begins to read; the head of the answer may be written once it resolves. */
  async open(): Promise<string> {
    return this.feed.open();
  }

  /** What comes first: how long to wait before coming back, and the place to come back to. */
  greet(place: string): void {
    this.write(`retry: ${LIMITS.retryMs}\n${idLine(place)}\n`);
    this.feed.wake();
  }

  hasRoom(): boolean {
    return (
      !this.response.destroyed && !this.response.writableEnded && this.response.writableLength < LIMITS.maxBufferedBytes
    );
  }

  send({ event, json }: ToldEvent): void {
    this.write(`id: ${event.event_id}\nevent: ${event.type}\ndata: ${json}\n\n`);
  }

  reset(place: string): void {
    this.write(`id: ${place}\nevent: reset\ndata: ${JSON.stringify({ after: place, reason: RESET_REASON })}\n\n`);
  }

  fail(): void {
    this.end('the events could not be read; come back');
  }

  /**
   * Keeps the line open, and tells a reader of rare events how far it has come. Lets go of one that reads nothing,
   * and of one whose credentials ended.
   */
  async beat(): Promise<void> {
    if (this.stalledSince !== undefined && this.services.now() - this.stalledSince >= LIMITS.maxStallMs) {
      this.response.destroy();
      return;
    }
    await this.checkCredentials();
    if (this.hasRoom()) this.write(`${idLine(this.feed.position)}: beat\n\n`);
  }

  async checkCredentials(): Promise<void> {
    const again = await this.services.authenticator.askAgain(this.caller.credentials);
    if (again === 'refused') this.end('the credentials are not valid any more');
    else if (again !== 'unknown') this.feed.readAs(again);
  }

  /** Says why, in a comment, and ends the answer. */
  end(reason: string): void {
    this.feed.stop();
    if (this.response.destroyed || this.response.writableEnded) return;
    this.write(`: ${reason}\n\n`);
    this.response.end();
  }

  private write(text: string): void {
    this.bytesOut += Buffer.byteLength(text);
    if (!this.response.write(text)) this.stalledSince ??= this.services.now();
  }
}

/** Nothing for the beginning, and for what a caller made up. */
function idLine(place: string): string {
  return /^\d+-\d+$/.test(place) ? `id: ${place}\n` : '';
}

export const RESET_REASON =
  'events after the one you had are no longer kept, or it is not from this stream: read anew what you built from them';
