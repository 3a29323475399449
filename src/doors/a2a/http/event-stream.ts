import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { BEAT_MS, EventWriter, MAX_STALL_MS } from '../../wire/index.js';

const BUFFER_BYTES = 64 * 1024;

export interface StreamedEvent {
  /** For `Last-Event-ID`; undefined for an event that is not a place to come back to. */
  readonly id: number | undefined;
  readonly data: unknown;
}

/** Server-sent events, written as fast as the client takes them and no faster. `events` must not throw. */
export function eventStream(events: AsyncIterable<StreamedEvent>): Readable {
  const out = new PassThrough({ highWaterMark: BUFFER_BYTES });
  const writer = new EventWriter(out, BUFFER_BYTES);
  const heartbeat = setInterval(() => writer.beat(), BEAT_MS).unref();
  const gone = new AbortController();
  out.once('close', () => {
    clearInterval(heartbeat);
    gone.abort();
  });
  void pump(events, out, writer, gone.signal);
  return out;
}

async function pump(
  events: AsyncIterable<StreamedEvent>,
  out: PassThrough,
  writer: EventWriter,
  gone: AbortSignal,
): Promise<void> {
  try {
    for await (const { id, data } of events) {
      if (out.destroyed) return;
      writer.send({ id, data: JSON.stringify(data) });
      if (out.writableNeedDrain)
        await once(out, 'drain', { signal: AbortSignal.any([gone, AbortSignal.timeout(MAX_STALL_MS)]) });
    }
    writer.end();
  } catch {
    // stalled, or gone while it was waited for
    out.destroy();
  }
}
