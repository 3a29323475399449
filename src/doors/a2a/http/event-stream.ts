import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';

const HEARTBEAT_MS = 15_000;
/** A client that takes nothing for so long is let go; it can come back for the rest. */
const STALL_MS = 30_000;
const BUFFER_BYTES = 64 * 1024;

export const EVENT_STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
} as const;

export interface StreamedEvent {
  /** For `Last-Event-ID`; undefined for an event that is not a place to come back to. */
  readonly id: number | undefined;
  readonly data: unknown;
}

/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), written as fast as the client
 * takes them and no faster. `events` must not throw.
 */
export function eventStream(events: AsyncIterable<StreamedEvent>): Readable {
  const out = new PassThrough({ highWaterMark: BUFFER_BYTES });
  // a comment tells proxies and the client that the line is alive
  const heartbeat = setInterval(() => out.writableNeedDrain || out.write(': heartbeat\n\n'), HEARTBEAT_MS).unref();
  const gone = new AbortController();
  out.once('close', () => {
    clearInterval(heartbeat);
    gone.abort();
  });
  void pump(events, out, gone.signal);
  return out;
}

async function pump(events: AsyncIterable<StreamedEvent>, out: PassThrough, gone: AbortSignal): Promise<void> {
  try {
    for await (const { id, data } of events) {
      if (out.destroyed) return;
      const isTaken = out.write(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
      if (!isTaken) await once(out, 'drain', { signal: AbortSignal.any([gone, AbortSignal.timeout(STALL_MS)]) });
    }
    out.end();
  } catch {
    // stalled, or gone while it was waited for
    out.destroy();
  }
}
