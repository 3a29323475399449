import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock, type KeepKind, Settings, WallClock } from '../config/index.js';
import { marks } from './conditions.js';
import { Database } from './database.js';
import type { Keeping } from './row-keeper.js';
import { type OwnedTable, RowKeepers } from './row-keepers.js';
import { UnitOfWork } from './unit-of-work.js';
import { IN_BACKGROUND } from './writer-line.js';

/** Small, for other writers wait meanwhile. */
const ROWS_AT_ONCE = 500;
/** Between two steps others get at least as much time as the step took. */
const SHARE_OF_TIME = 1;
const DAY_MS = 86_400_000;

/** Keeps to what each table states of how long its rows stay: in small steps, with time for others in between. */
@Injectable()
export class Retention {
  constructor(
    private readonly keepers: RowKeepers,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly wallClock: WallClock,
  ) {}

  /** Removes what has outstayed its time. @returns how many rows went, by table */
  async sweep(): Promise<Record<string, number>> {
    const gone: Record<string, number> = {};
    for (const table of this.keepers.tables) {
      for (const keeps of [table.keeps].flat()) {
        const count = await this.sweepTable(table, keeps);
        if (count > 0) gone[table.name] = (gone[table.name] ?? 0) + count;
      }
    }
    for (const keeper of this.keepers.keepers) {
      const count = (await keeper.sweep?.()) ?? 0;
      if (count > 0) gone[keeper.constructor.name] = count;
    }
    return gone;
  }

  /** The instant before which rows of a kind have outstayed their time. */
  oldest(kind: KeepKind): string {
    // tokens end by the time of the world outside
    const clock = kind === 'session' ? this.wallClock : this.clock;
    return new Date(clock.now().getTime() - this.settings.keepDays[kind] * DAY_MS).toISOString();
  }

  private async sweepTable({ name, keys }: OwnedTable, keeps: Keeping): Promise<number> {
    if (!('days' in keeps)) return 0;
    const condition = [
      `${/^\w+$/.test(keeps.after) ? `"${keeps.after}"` : `(${keeps.after})`} < ?`,
      'when' in keeps && keeps.when ? `(${keeps.when})` : '',
      'ownKeys' in keeps ? `substr("${keys[0]!}", 1, ${keeps.ownKeys.length}) = '${keeps.ownKeys}'` : '',
    ]
      .filter(Boolean)
      .join(' AND ');
    const key = keys.map((each) => `"${each}"`).join(',');
    const row = `(${marks(keys)})`;
    const oldest = this.oldest(keeps.days);
    for (let gone = 0; ;) {
      // looked up beside the main thread: where imported rows lie before ours, this goes over all of them
      const old = await this.database.queryAside(
        `SELECT ${key} FROM "${name}" WHERE ${condition} LIMIT ${ROWS_AT_ONCE}`,
        [oldest],
      );
      if (old.length === 0) return gone;
      const started = performance.now();
      gone += await this.unitOfWork.run(
        (unit) =>
          unit.execute(
            `DELETE FROM "${name}" WHERE (${key}) IN (VALUES ${old.map(() => row).join(',')}) AND ${condition}`,
            [...old.flatMap((row) => keys.map((each) => row[each])), oldest],
          ),
        IN_BACKGROUND,
      );
      if (old.length < ROWS_AT_ONCE) return gone;
      await pause((performance.now() - started) * SHARE_OF_TIME);
    }
  }
}
