import type { EventId, EventStore, JSONRPCMessage, StreamId } from '@modelcontextprotocol/server';

interface Stored {
  readonly number: number;
  readonly streamId: StreamId;
  readonly message: JSONRPCMessage;
  readonly length: number;
}

/**
 * Messages of one session that are kept for a client that comes back, and how much of them; the oldest go first, the
 * newest stays.
 */
const MOST_EVENTS = 256;
const MOST_CHARACTERS = 256 * 1024;

/**
 * What a session's streams said last, so that a client whose stream broke can go on from the event that it saw last.
 */
export class EventLog implements EventStore {
  private readonly events: Stored[] = [];
  private last = 0;
  private kept = 0;

  storeEvent(streamId: StreamId, message: JSONRPCMessage): Promise<EventId> {
    const number = ++this.last;
    const { length } = JSON.stringify(message);
    this.events.push({ number, streamId, message, length });
    this.kept += length;
    while (this.events.length > MOST_EVENTS || (this.kept > MOST_CHARACTERS && this.events.length > 1))
      this.kept -= this.events.shift()!.length;
    return Promise.resolve(`${number}_${streamId}`);
  }

  getStreamIdForEventId(eventId: EventId): Promise<StreamId | undefined> {
    return Promise.resolve(positionOf(eventId)?.streamId);
  }

  /** @throws Error for what is no event id */
  async replayEventsAfter(
    lastEventId: EventId,
    { send }: { send: (eventId: EventId, message: JSONRPCMessage) => Promise<void> },
  ): Promise<StreamId> {
    const position = positionOf(lastEventId);
    if (!position) throw new Error('Last-Event-ID: is none of this session');
    for (const { number, streamId, message } of this.events) {
      // a priming event is a place and no message
      if (number > position.number && streamId === position.streamId && 'jsonrpc' in message)
        await send(`${number}_${streamId}`, message);
    }
    return position.streamId;
  }
}

function positionOf(eventId: EventId): Pick<Stored, 'number' | 'streamId'> | undefined {
  const parts = /^(\d{1,15})_(.{1,100})$/.exec(eventId);
  return parts ? { number: Number(parts[1]), streamId: parts[2]! } : undefined;
}
