import { Injectable } from '@nestjs/common';
import { type LiveEvent, LiveEvents, isLaterEvent } from '../../live-events/index.js';

/** An event as the feeds pass it on: its text is made once for all of them. */
export interface ToldEvent {
  readonly event: LiveEvent;
  readonly json: string;
}

interface Woken {
  wake(): void;
}

/** The latest events in memory, for all the feeds of this process. It listens only while there are feeds. */
@Injectable()
export class EventHub {
  /** Events that a slow reader may lag behind before it reads from the store again; tests lower it. */
  kept = 5_000;
  private recent: ToldEvent[] = [];
  /** How many events came before the first of `recent`. */
  private dropped = 0;
  private readonly feeds = new Set<Woken>();
  private stopListening: (() => void) | undefined;
  private isWaking = false;

  constructor(private readonly liveEvents: LiveEvents) {}

  get feedCount(): number {
    return this.feeds.size;
  }

  /** The number that the next event to come will have. */
  get end(): number {
    return this.dropped + this.recent.length;
  }

  join(feed: Woken): void {
    this.feeds.add(feed);
    this.stopListening ??= this.liveEvents.listen((event) => this.tell(event));
  }

  leave(feed: Woken): void {
    this.feeds.delete(feed);
    if (this.feeds.size > 0) return;
    this.stopListening?.();
    this.stopListening = undefined;
    this.dropped += this.recent.length;
    this.recent = [];
  }

  /** The event with this number; undefined when it is no longer here, or not yet. */
  get(number: number): ToldEvent | undefined {
    return this.recent[number - this.dropped];
  }

  has(number: number): boolean {
    return number >= this.dropped;
  }

  /** The number of the first event here after a place; undefined if some between the two may be here no longer. */
  firstAfter(eventId: string): number | undefined {
    const [oldest] = this.recent;
    if (this.dropped > 0 && oldest !== undefined && isLaterEvent(oldest.event.event_id, eventId)) return undefined;
    const index = this.recent.findIndex(({ event }) => isLaterEvent(event.event_id, eventId));
    return index === -1 ? this.end : this.dropped + index;
  }

  /**
   * Tells the feeds something that is kept nowhere. It stands at the place of the latest event, so that whoever goes
   * on from it misses nothing.
   */
  async tellOnce(event: Omit<LiveEvent, 'event_id'>): Promise<void> {
    const newest = await this.liveEvents.newest();
    const latest = this.recent.at(-1)?.event.event_id;
    this.tell({ event_id: latest !== undefined && isLaterEvent(latest, newest) ? latest : newest, ...event });
  }

  private tell(event: LiveEvent): void {
    this.recent.push({ event, json: JSON.stringify(event) });
    // not at each event, for it copies what stays
    if (this.recent.length > 2 * this.kept) {
      this.dropped += this.recent.length - this.kept;
      this.recent = this.recent.slice(-this.kept);
    }
    if (this.isWaking) return;
    this.isWaking = true;
    // once for all events that come together
    queueMicrotask(() => {
      this.isWaking = false;
      for (const feed of this.feeds) feed.wake();
    });
  }
}
