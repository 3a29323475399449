import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { Database, type Unit, gt } from '../database/index.js';
import { Log } from '../telemetry/index.js';
import { unavailable } from '../errors/index.js';
import { endOf, idOf, isAfter, positionOf } from './event-position.js';
import { EventTail } from './event-tail.js';
import { type LiveEvent, LIVE_EVENT_TYPES, type LiveEventType, type NewLiveEvent } from './live-event.js';
import { LiveEventRow, type PackedEvent, packEvent, unpackRow } from './live-event-row.entity.js';

export type LiveEventListener = (event: LiveEvent) => void;

export interface ReadChoice {
  /** Only these types; every type when left out. */
  types?: readonly string[];
  limit: number;
}

/** A part of the stream. */
export interface EventsRead {
  readonly events: LiveEvent[];
  /** Where to go on: after the last event that was looked at, whether it is among `events` or not. */
  readonly next: string;
  /** Whether all that is there now has been looked at. */
  readonly isEnd: boolean;
  /** Events between the asked place and the first of these are gone, or the place is none of this stream. */
  readonly hasGap: boolean;
}

const POLL_MS = 200;
const HELD_POLL_MS = 10;
const ROWS_AT_ONCE = 200;
const EVENTS_PER_ROW = 200;
/** Of several units: each append writes the row anew. */
const EVENTS_TOGETHER = 40;
/** Rows looked at for one answer, so that a rare type does not keep the process busy. */
const MAX_ROWS_READ = 2_000;

/** Numbers the row inside the only write transaction that there is. */
const INSERT_ON_SQLITE =
  'INSERT INTO live_events (id, at, events) SELECT COALESCE(MAX(id), 0) + 1, ?, ? FROM live_events RETURNING id';
const APPEND_ON_SQLITE =
  "UPDATE live_events SET events = substr(events, 1, length(events) - 1) || ',' || substr(?, 2) WHERE id = ?";
/**
 * The unit has its transaction id before it takes a number, on which the tail relies: the one is in FROM, and the
 * other in the list after it.
 */
const INSERT_ON_POSTGRES = `WITH me AS MATERIALIZED (SELECT pg_current_xact_id() AS id)
  INSERT INTO live_events (id, at, events) SELECT nextval('live_events_numbers'), ?, CAST(? AS json) FROM me WHERE me.id IS NOT NULL`;

/**
 * What happens, told to whoever watches. An event is a row of the unit that does the thing, so there is one exactly
 * if the thing is done; the rows of a unit are one insert at its end. Listeners are told after the commit, in the
 * order of the ids, also what other processes on the same database did (within a fifth of a second).
 */
@Injectable()
export class LiveEvents {
  private readonly listeners = new Set<LiveEventListener>();
  /** The row that was written last on SQLite, and for which commit. */
  private latest: { commit: object; row: number; at: string; events: number } | undefined;
  private readonly tail: EventTail;
  private poll: NodeJS.Timeout | undefined;
  private heldPoll: NodeJS.Timeout | undefined;
  private started: Promise<void> | undefined;
  private pumping: Promise<void> | undefined;
  private isWoken = false;
  /** Whether others may have written rows too, or these cannot be known without reading. */
  private mustLook = false;
  /** Waiting for a reading that began after they asked and came to the end. */
  private readonly asking: (() => void)[] = [];
  private isClosed = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.tail = new EventTail(database);
    database.beforeClose(() => this.close());
  }

  /** Writes the events at the end of the unit. */
  publish(unit: Unit, events: NewLiveEvent | readonly NewLiveEvent[]): void {
    unit.atEnd(this.write, Array.isArray(events) ? (events as readonly NewLiveEvent[]) : [events as NewLiveEvent]);
  }

  /**
   * Has the listener told of every event from now on, once each, in their order. What it throws is logged and harms
   * nobody.
   * @returns how to stop
   */
  listen(listener: LiveEventListener): () => void {
    // the same function may listen twice
    const own: LiveEventListener = (event) => listener(event);
    this.listeners.add(own);
    if (this.listeners.size === 1) this.begin();
    return () => {
      this.listeners.delete(own);
      if (this.listeners.size === 0) this.rest();
    };
  }

  /** The events after one (or from the oldest that is kept), oldest first. */
  async after(eventId: string | undefined, choice: ReadChoice): Promise<LiveEvent[]> {
    const { types } = choice;
    return (await this.read(eventId, choice.limit, types && ((event) => types.includes(event.type)))).events;
  }

  /** Reads on from a place; without one, from the oldest event that is kept. */
  async read(
    after: string | undefined,
    limit: number,
    wants: (event: LiveEvent) => boolean = () => true,
  ): Promise<EventsRead> {
    const settled = await this.settledRow();
    const { oldest, newest } = await this.bounds();
    const start = endOf(oldest - 1);
    const asked = after === undefined ? start : positionOf(after);
    const isKnown = asked !== undefined && asked.row >= start.row && asked.row <= newest;
    let position = isKnown ? asked : start;
    const events: LiveEvent[] = [];
    const answer = (isEnd: boolean): EventsRead => ({ events, next: idOf(position), isEnd, hasGap: !isKnown });
    for (let rowsRead = 0; rowsRead < MAX_ROWS_READ;) {
      // the row of the place itself may have events after it
      const rows = await this.database
        .of(LiveEventRow)
        .find({ id: gt(position.row - 1) }, { order: { id: 'asc' }, limit: ROWS_AT_ONCE });
      rowsRead += rows.length;
      for (const event of rows.filter(({ id }) => id <= settled).flatMap(unpackRow)) {
        const at = positionOf(event.event_id)!;
        if (!isAfter(at, position)) continue;
        position = at;
        if (wants(event) && events.push(event) === limit) return answer(false);
      }
      if (rows.length < ROWS_AT_ONCE || rows.at(-1)!.id > settled) return answer(true);
      position = endOf(rows.at(-1)!.id);
    }
    return answer(false);
  }

  /** The newest place: whoever goes on from here sees what happens from now on. */
  async newest(): Promise<string> {
    return idOf(endOf(await this.settledRow()));
  }

  private readonly write = async (unit: Unit, events: readonly NewLiveEvent[]): Promise<void> => {
    const at = this.clock.iso();
    const packed = withoutRepeats(events).map(packEvent);
    if (unit.dialect === 'sqlite') await this.writeOnSqlite(unit, at, packed);
    else {
      for (let start = 0; start < packed.length; start += EVENTS_PER_ROW)
        await unit.execute(INSERT_ON_POSTGRES, [at, JSON.stringify(packed.slice(start, start + EVENTS_PER_ROW))]);
      if (this.listeners.size > 0) unit.afterCommit(() => this.look());
    }
  };

  /** Units that are committed together share a row: it is not there for anybody before all of them are. */
  private async writeOnSqlite(unit: Unit, at: string, packed: readonly PackedEvent[]): Promise<void> {
    const open = this.latest?.commit === unit.commit ? this.latest : undefined;
    if (open && open.events + packed.length <= EVENTS_TOGETHER) {
      // it is gone where the unit that wrote it failed
      const isThere = await unit.execute(APPEND_ON_SQLITE, [JSON.stringify(packed), open.row]);
      open.events += packed.length;
      if (isThere === 1) return this.noteOnCommit(unit, { id: open.row, at: open.at, events: packed });
    }
    for (let start = 0; start < packed.length; start += EVENTS_PER_ROW) {
      const part = packed.slice(start, start + EVENTS_PER_ROW);
      const [row] = await unit.query(INSERT_ON_SQLITE, [at, JSON.stringify(part)]);
      const id = Number(row!.id);
      this.latest = { commit: unit.commit, row: id, at, events: part.length };
      this.noteOnCommit(unit, { id, at, events: part });
    }
  }

  /** What this process has written itself it need not read. */
  private noteOnCommit(unit: Unit, part: LiveEventRow): void {
    unit.afterCommit(() => {
      if (this.listeners.size === 0) return;
      this.tail.note(part);
      this.wake();
    });
  }

  private begin(): void {
    this.started = undefined;
    this.poll = setInterval(() => this.look(), POLL_MS);
    this.poll.unref();
    this.look();
  }

  private rest(): void {
    clearInterval(this.poll);
    clearTimeout(this.heldPoll);
  }

  private async close(): Promise<void> {
    this.isClosed = true;
    this.rest();
    await this.pumping;
  }

  private get isReading(): boolean {
    return this.listeners.size > 0 && !this.isClosed;
  }

  private look(): void {
    this.mustLook = true;
    this.wake();
  }

  /** Reads on, once, however often it is asked for meanwhile. */
  private wake(): void {
    this.isWoken = true;
    this.pumping ??= this.pump().finally(() => {
      this.pumping = undefined;
      if (this.isWoken && this.isReading) this.wake();
    });
  }

  private async pump(): Promise<void> {
    const asked: (() => void)[] = [];
    try {
      await this.startTail();
      // units that were committed together have all told of their part of the row by then
      await nextTurn();
      while (this.isWoken && this.isReading) {
        this.isWoken = false;
        let rows = this.tail.takeNoted();
        const isLook = rows.length === 0 && (this.mustLook || this.tail.hasNoted);
        if (isLook) {
          this.mustLook = false;
          asked.push(...this.asking.splice(0));
          rows = await this.tail.next(ROWS_AT_ONCE);
        }
        // meanwhile all listeners left and others came: for them the tail begins anew
        if (!this.started) break;
        for (const event of rows.flatMap(unpackRow)) this.tell(event);
        if (rows.length > 0) this.isWoken = true;
        if (isLook && rows.length < ROWS_AT_ONCE) for (const answer of asked.splice(0)) answer();
      }
      clearTimeout(this.heldPoll);
      if (this.tail.isHeld && this.isReading) this.heldPoll = setTimeout(() => this.look(), HELD_POLL_MS).unref();
    } catch (error) {
      // the tail keeps its place: nothing that was committed meanwhile is passed over
      this.isWoken = false;
      if (!this.isClosed) this.log.error({ error }, 'live events could not be read; the next poll tries again');
    } finally {
      if (this.isWoken && this.isReading) this.asking.unshift(...asked);
      else for (const answer of [...asked, ...this.asking.splice(0)]) answer();
    }
  }

  private async startTail(): Promise<void> {
    const starting = (this.started ??= this.tail.start());
    try {
      await starting;
    } catch (error) {
      if (this.started === starting) this.started = undefined;
      throw error;
    }
  }

  /** The newest row before which nothing is missing. */
  private async settledRow(): Promise<number> {
    if (this.isReading) {
      await new Promise<void>((resolve) => {
        this.asking.push(resolve);
        this.look();
      });
    }
    if (!this.isReading) return new EventTail(this.database).startSettled();
    if (!this.started) throw unavailable('live events cannot be read just now');
    return this.tail.settled;
  }

  /** The oldest and the newest row that are kept. */
  private async bounds(): Promise<{ oldest: number; newest: number }> {
    const [row] = await this.database.query(
      'SELECT COALESCE(MIN(id), 1) AS oldest, COALESCE(MAX(id), 0) AS newest FROM live_events',
    );
    return { oldest: Number(row!.oldest), newest: Number(row!.newest) };
  }

  private tell(event: LiveEvent): void {
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch (error) {
        this.log.error({ error, event_type: event.type }, 'a listener to live events failed');
      }
    }
  }
}

/** A resource that one unit changes in several places has changed once. */
function withoutRepeats(events: readonly NewLiveEvent[]): readonly NewLiveEvent[] {
  const seen = new Set<string>();
  return events.filter(({ type, subject_id }) => {
    if (type !== 'resource.updated') return true;
    if (seen.has(subject_id)) return false;
    seen.add(subject_id);
    return true;
  });
}

export function isLiveEventType(type: string): type is LiveEventType {
  return (LIVE_EVENT_TYPES as readonly string[]).includes(type);
}
