import { newId } from '../../config/index.js';
import type { EventWish, LiveEvents } from '../../live-events/index.js';
import { limited, notFound, unavailable } from '../../errors/index.js';
import type { Principal } from '../../operations/index.js';
import { EventFeed, type EventHub, type EventSink, RESET_REASON } from '../events/index.js';
import type { ConnectionLimits } from './connection-limits.js';

/** What the subscriptions of a connection need of it. */
export interface EventLink {
  readonly bufferedBytes: number;
  readonly isOpen: boolean;
  /** Sends; `EventSubscriptions.onTaken` is called when the text has left this process, or cannot. */
  notify(text: string): void;
  fail(error: unknown): void;
}

interface Subscription {
  readonly feed: EventFeed;
  hasBegun: boolean;
}

const RETRY_SECONDS = 1;

/** The subscriptions to live events of one WebSocket. Their events go out as notifications `events.event`. */
export class EventSubscriptions {
  private readonly open = new Map<string, Subscription>();
  private isFull = false;

  constructor(
    private readonly liveEvents: LiveEvents,
    private readonly hub: EventHub,
    private readonly limits: ConnectionLimits,
    private readonly link: EventLink,
  ) {}

  /** @throws AppError invalid for types that there are not, limit for too many subscriptions */
  async subscribe(
    wish: EventWish & { after?: string | undefined },
    principal: Principal,
  ): Promise<{ subscription_id: string; after: string }> {
    if (this.open.size >= this.limits.maxSubscriptions)
      throw limited(`a connection has at most ${this.limits.maxSubscriptions} subscriptions`, RETRY_SECONDS);
    const id = newId('sub');
    const feed = new EventFeed(this.liveEvents, this.hub, wish, principal, this.sinkOf(id));
    // the connection may have ended while the call was on its way here
    if (!this.link.isOpen) throw unavailable('the connection is closed');
    this.open.set(id, { feed, hasBegun: false });
    try {
      return { subscription_id: id, after: await feed.open() };
    } catch (error) {
      feed.stop();
      this.open.delete(id);
      throw error;
    }
  }

  /** @throws AppError not_found */
  unsubscribe(id: string): void {
    const subscription = this.open.get(id);
    if (!subscription) throw notFound('subscription', id);
    subscription.feed.stop();
    this.open.delete(id);
  }

  /** To be called once the answers to `subscribe` have been sent, which come before the first event. */
  begin(): void {
    for (const subscription of this.open.values()) {
      if (subscription.hasBegun) continue;
      subscription.hasBegun = true;
      subscription.feed.wake();
    }
  }

  /** Something of what was sent, events or answers, has been taken. */
  onTaken(): void {
    if (!this.isFull || this.link.bufferedBytes >= this.limits.maxBufferedEventBytes / 2) return;
    this.isFull = false;
    for (const { feed } of this.open.values()) feed.wake();
  }

  readAs(principal: Principal): void {
    for (const { feed } of this.open.values()) feed.readAs(principal);
  }

  stop(): void {
    for (const { feed } of this.open.values()) feed.stop();
    this.open.clear();
  }

  private sinkOf(id: string): EventSink {
    const head = `{"jsonrpc":"2.0","method":"events.event","params":{"subscription_id":"${id}","event":`;
    return {
      hasRoom: () => this.hasRoom() && this.open.get(id)?.hasBegun === true,
      send: ({ json }) => this.link.notify(`${head}${json}}}`),
      reset: (after) =>
        this.link.notify(
          JSON.stringify({
            jsonrpc: '2.0',
            method: 'events.reset',
            params: { subscription_id: id, after, reason: RESET_REASON },
          }),
        ),
      fail: (error) => this.link.fail(error),
    };
  }

  private hasRoom(): boolean {
    if (this.link.bufferedBytes < this.limits.maxBufferedEventBytes) return this.link.isOpen;
    this.isFull = true;
    return false;
  }
}
