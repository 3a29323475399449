import { setTimeout as delay } from 'node:timers/promises';
import { type Database, gt } from '../database/index.js';
import { LiveEventRow } from './live-event-row.entity.js';

/**
 * A number that is missing is asked about after this, and given up on after `GIVE_UP_MS`, so that nothing can stop
 * the stream for long.
 */
const ASK_MS = 30;
const GIVE_UP_MS = 5_000;
const SETTLE_MS = 100;
/** How far below the newest row a unit may still be about to commit an older number. */
const WINDOW_ROWS = 500;

interface Gap {
  readonly number: number;
  readonly sightedAt: number;
  /** A transaction id later than that of any unit that can hold a number of the gap. */
  horizon?: bigint;
}

/**
 * Reads the rows in the order of their numbers and misses none.
 *
 * SQLite numbers a row in the transaction that writes it, and there is one at a time. On PostgreSQL the sequence
 * gives number 7 to one unit and 8 to another, and 8 may commit first; who went on from 8 would never see 7. So the
 * tail stops before a missing number until that unit has ended. A unit has its transaction id before it takes a
 * number (see `LiveEvents`). The tail therefore takes an id of its own, the horizon; once the oldest running
 * transaction (`pg_snapshot_xmin`) is not older than that, every unit that could hold the number has ended, and what
 * is still missing was rolled back.
 */
export class EventTail {
  /** Rows up to this number are settled and have been read. */
  private position = 0;
  private gap: Gap | undefined;
  /** Rows that were there when the reading began: read again on the way from the first missing number, but not news. */
  private known = new Set<number>();
  /** Rows that need not be read, as their writer has told of them: on SQLite, by their numbers. */
  private readonly noted = new Map<number, LiveEventRow>();

  constructor(
    private readonly database: Database,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Everything up to here is settled. */
  get settled(): number {
    return this.position;
  }

  /** Whether rows wait behind a number that is missing. */
  get isHeld(): boolean {
    return this.gap !== undefined;
  }

  /** Begins at the newest row. */
  async start(): Promise<void> {
    const rows = await this.database.query('SELECT id FROM live_events ORDER BY id DESC LIMIT ?', [WINDOW_ROWS]);
    const numbers = rows.map(({ id }) => Number(id)).reverse();
    this.gap = undefined;
    this.known = new Set();
    this.moveTo(numbers.at(-1) ?? 0);
    if (this.database.dialect === 'sqlite') return;
    const firstMissing = numbers.find((number, index) => index > 0 && number !== numbers[index - 1]! + 1);
    if (firstMissing === undefined) return;
    const before = numbers.indexOf(firstMissing) - 1;
    this.position = numbers[before]!;
    this.known = new Set(numbers.slice(before + 1));
  }

  /** Told of a committed row, or of the next part of one, in the order of their writing. SQLite only. */
  note({ id, at, events }: LiveEventRow): void {
    this.noted.set(id, { id, at, events: [...(this.noted.get(id)?.events ?? []), ...events] });
  }

  /** Whether rows were told of that `takeNoted` has not given yet: others lie before them. */
  get hasNoted(): boolean {
    return this.noted.size > 0;
  }

  /** The rows told of that follow the position without a gap. */
  takeNoted(): LiveEventRow[] {
    const rows: LiveEventRow[] = [];
    for (let row = this.noted.get(this.position + 1); row; row = this.noted.get(this.position + 1)) {
      rows.push(row);
      this.moveTo(row.id);
    }
    return rows;
  }

  /** The next rows that are settled, oldest first; none when there is nothing new, or the tail is held. */
  async next(limit: number): Promise<LiveEventRow[]> {
    const rows = this.database.dialect === 'sqlite' ? await this.newer(limit) : await this.settledOnPostgres(limit);
    if (rows.length > 0) this.moveTo(rows.at(-1)!.id);
    if (this.known.size === 0) return rows;
    return rows.filter(({ id }) => !this.known.delete(id));
  }

  /**
   * Begins at the newest row and waits, for some hundredths of a second at most, until numbers missing before it are
   * settled.
   */
  async startSettled(): Promise<number> {
    await this.start();
    const deadline = this.now() + SETTLE_MS;
    while (this.known.size > 0) {
      await this.next(WINDOW_ROWS);
      if (!this.isHeld || this.now() >= deadline) break;
      await delay(ASK_MS / 3);
    }
    return this.position;
  }

  private moveTo(position: number): void {
    this.position = position;
    for (const id of this.noted.keys()) if (id <= position) this.noted.delete(id);
  }

  private newer(limit: number): Promise<LiveEventRow[]> {
    return this.database.of(LiveEventRow).find({ id: gt(this.position) }, { order: { id: 'asc' }, limit });
  }

  private async settledOnPostgres(limit: number): Promise<LiveEventRow[]> {
    // rows and snapshot in one statement: both as of the same moment
    const raw = await this.database.query(
      'SELECT id, at, events, pg_snapshot_xmin(pg_current_snapshot())::text AS oldest_running FROM live_events WHERE id > ? ORDER BY id LIMIT ?',
      [this.position, limit],
    );
    const table = this.database.of(LiveEventRow);
    const rows: LiveEventRow[] = [];
    let expected = this.position + 1;
    for (const { oldest_running: oldestRunning, ...row } of raw) {
      const each = table.decode(row);
      if (each.id !== expected && !(await this.isOver(expected, BigInt(oldestRunning as string)))) return rows;
      rows.push(each);
      expected = each.id + 1;
    }
    if (rows.length > 0) this.gap = undefined;
    return rows;
  }

  /** Whether a missing number will not come any more. */
  private async isOver(number: number, oldestRunning: bigint): Promise<boolean> {
    if (this.gap?.number !== number) this.gap = { number, sightedAt: this.now() };
    const { gap } = this;
    const age = this.now() - gap.sightedAt;
    if (age >= GIVE_UP_MS || (gap.horizon !== undefined && oldestRunning >= gap.horizon)) return true;
    // most gaps close in the time that a commit takes, and the question costs a transaction id
    if (age >= ASK_MS && gap.horizon === undefined) {
      const [row] = await this.database.query('SELECT pg_current_xact_id()::text AS horizon');
      gap.horizon = BigInt(row!.horizon as string);
    }
    return false;
  }
}
