import type { Writable } from 'node:stream';

/** A reader that takes nothing for so long is let go; it can come back to where it was. */
export const MAX_STALL_MS = 30_000;
/** How often a comment tells proxies and the reader that the line is alive. */
export const BEAT_MS = 15_000;

export const EVENT_STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const;

export interface ServerSentEvent {
  /** For `Last-Event-ID`; undefined for an event that is not a place to come back to. */
  readonly id?: string | number | undefined;
  readonly event?: string;
  /** JSON text. */
  readonly data: string;
}

/**
 * Writes server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), and knows whether the
 * reader takes them.
 */
export class EventWriter {
  private stalledSince: number | undefined;
  private bytes = 0;

  /** @param maxBufferedBytes written and not taken yet; more should not be written before the reader has caught up */
  constructor(
    private readonly out: Writable,
    private readonly maxBufferedBytes: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    out.on('drain', () => (this.stalledSince = undefined));
  }

  get writtenBytes(): number {
    return this.bytes;
  }

  get isOver(): boolean {
    return this.out.destroyed || this.out.writableEnded;
  }

  get hasRoom(): boolean {
    return !this.isOver && this.out.writableLength < this.maxBufferedBytes;
  }

  send({ id, event, data }: ServerSentEvent): void {
    const head = `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}`;
    this.write(`${head}data: ${data}\n\n`);
  }

  /** Fields or comments that are no event, such as `retry: 2000`. */
  write(text: string): void {
    this.bytes += Buffer.byteLength(text);
    if (!this.out.write(text)) this.stalledSince ??= this.now();
  }

  /**
   * Keeps the line open.
   * @param place a field or nothing, before the comment
   * @returns whether the reader is still there: one that has taken nothing for too long is let go
   */
  beat(place = ''): boolean {
    if (this.stalledSince !== undefined && this.now() - this.stalledSince >= MAX_STALL_MS) this.out.destroy();
    if (this.hasRoom) this.write(`${place}: beat\n\n`);
    return !this.isOver;
  }

  /** Says why, in a comment, and ends. */
  end(reason?: string): void {
    if (this.isOver) return;
    if (reason !== undefined) this.write(`: ${reason}\n\n`);
    this.out.end();
  }
}
