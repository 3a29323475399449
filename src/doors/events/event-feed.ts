import { type EventWish, type LiveEvent, type LiveEvents, eventFilter } from '../../live-events/index.js';
import type { Principal } from '../../operations/index.js';
import type { EventHub, ToldEvent } from './event-hub.js';

/** The way to the one who watches. */
export interface EventSink {
  /** False while it takes no more; `EventFeed.wake` is then called once it does. */
  hasRoom(): boolean;
  send(told: ToldEvent): void;
  /** Events before this place are lost to the reader; what it built from earlier ones has to be read anew. */
  reset(position: string): void;
  /** The feed cannot go on. */
  fail(error: unknown): void;
}

export interface FeedStart extends EventWish {
  /** The event after which to begin; `oldest` for all that is kept, nothing for what happens from now on. */
  after?: string | undefined;
}

const READ_AT_ONCE = 200;
export const OLDEST = 'oldest';

/**
 * One reader's way through the stream: first what it missed, from the store, then what happens, from the hub. It
 * takes an event only when the reader has room for it, so that a slow one costs no memory: it lags, and reads from
 * the store again when it lags too far.
 */
export class EventFeed {
  private current = '';
  /** Number in the hub of the next event; undefined while it reads from the store. */
  private next: number | undefined;
  private isPumping = false;
  private isWoken = false;
  private isStopped = false;
  private wants: (event: LiveEvent) => boolean;

  /** @throws AppError invalid for types that there are not */
  constructor(
    private readonly liveEvents: LiveEvents,
    private readonly hub: EventHub,
    private readonly wish: FeedStart,
    principal: Principal,
    private readonly sink: EventSink,
  ) {
    this.wants = eventFilter(wish, principal);
  }

  /** The reader has seen all that it wants up to here. */
  get position(): string {
    return this.current;
  }

  /** Begins, and resolves to the place that it begins after. */
  async open(): Promise<string> {
    this.hub.join(this);
    this.isPumping = true;
    try {
      const { after } = this.wish;
      this.current = after === undefined || after === OLDEST ? await this.liveEvents.newest() : after;
      if (after === OLDEST) this.current = '';
      else if (after === undefined) this.next = this.hub.firstAfter(this.current);
    } finally {
      this.isPumping = false;
    }
    return this.current;
  }

  /** The scopes of a caller can change while it reads. */
  readAs(principal: Principal): void {
    this.wants = eventFilter(this.wish, principal);
  }

  stop(): void {
    this.isStopped = true;
    this.hub.leave(this);
  }

  /** Something may have happened, or there is room again. */
  wake(): void {
    this.isWoken = true;
    if (this.isPumping || this.isStopped) return;
    if (this.next !== undefined && this.sendFromHub()) return;
    this.isPumping = true;
    this.pump()
      .catch((error: unknown) => this.sink.fail(error))
      .finally(() => {
        this.isPumping = false;
        if (this.isWoken && !this.isStopped && this.sink.hasRoom()) this.wake();
      });
  }

  private async pump(): Promise<void> {
    while (this.isWoken && !this.isStopped && this.sink.hasRoom()) {
      this.isWoken = false;
      if (this.next === undefined) await this.sendFromStore();
      if (this.next !== undefined && !this.sendFromHub()) this.isWoken = true;
    }
  }

  /** @returns whether it could: not when the next event is no longer in the hub */
  private sendFromHub(): boolean {
    while (!this.isStopped) {
      if (!this.hub.has(this.next!)) {
        this.next = undefined;
        return false;
      }
      const told = this.hub.get(this.next!);
      if (!told || !this.sink.hasRoom()) return true;
      this.next!++;
      this.current = told.event.event_id;
      if (this.wants(told.event)) this.sink.send(told);
    }
    return true;
  }

  private async sendFromStore(): Promise<void> {
    const { events, next, isEnd, hasGap } = await this.liveEvents.read(
      this.current || undefined,
      READ_AT_ONCE,
      this.wants,
    );
    if (this.isStopped) return;
    if (hasGap) this.sink.reset(events[0] ? before(events[0].event_id) : next);
    for (const event of events) this.sink.send({ event, json: JSON.stringify(event) });
    this.current = next;
    this.next = isEnd ? this.hub.firstAfter(next) : undefined;
    if (this.next === undefined) this.isWoken = true;
  }
}

/** A place just before an event: event `5-0` is after `5-` nothing, which is the end of row 4. */
function before(eventId: string): string {
  const [row, index] = eventId.split('-').map(Number) as [number, number];
  return index > 0 ? `${row}-${index - 1}` : `${row - 1}-999999`;
}
