import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { Database, UnitOfWork } from '../../database/index.js';
import { Log } from '../../telemetry/index.js';

const FLUSH_MS = 250;
const FLUSH_ROWS = 500;
const MAX_WAITING = 20_000;

type RowClass = new () => object;

/**
 * Rows that tell what happened but must not slow it down: gathered and written together, at the latest a quarter of a
 * second later and at an orderly stop. A killed process may lose the last of them.
 */
@Injectable()
export class Journal {
  private waiting = new Map<RowClass, object[]>();
  private count = 0;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  /** Steps out of the unit that something was recorded in, for the flush opens a unit of its own. */
  private readonly outsideUnits = AsyncLocalStorage.snapshot();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly log: Log,
    database: Database,
  ) {
    database.beforeClose(() => this.flush());
  }

  record<T extends object>(entity: new () => T, row: T): void {
    if (this.count >= MAX_WAITING) return;
    let rows = this.waiting.get(entity);
    if (!rows) this.waiting.set(entity, (rows = []));
    rows.push(row);
    if (++this.count >= FLUSH_ROWS) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Writes what waits, and resolves when it is committed. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.waiting;
    this.waiting = new Map();
    this.count = 0;
    if (batch.size > 0) {
      const before = this.writing;
      this.writing = this.outsideUnits(() => before.then(() => this.write(batch)));
    }
    return this.writing;
  }

  private async write(batch: ReadonlyMap<RowClass, object[]>): Promise<void> {
    try {
      await this.unitOfWork.run(async (unit) => {
        for (const [entity, rows] of batch) await unit.of(entity).insertNew(rows);
      });
    } catch (error) {
      this.log.error({ error }, 'the journal could not be written');
    }
  }
}
