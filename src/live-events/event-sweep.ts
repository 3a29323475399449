import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Clock, Settings } from '../config/index.js';
import { Database, IN_BACKGROUND, UnitOfWork } from '../database/index.js';
import { Log } from '../telemetry/index.js';

const EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
/** Small, for other writers wait meanwhile. */
const ROWS_AT_ONCE = 2_000;

/** Forgets live events that are too old or too many. The newest row stays, for the next one is numbered after it. */
@Injectable()
export class EventSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweeping = this.sweep().catch((error: unknown) =>
        this.log.error({ error }, 'old live events could not be removed'),
      );
    }, EVERY_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** @returns how many rows went */
  async sweep(): Promise<number> {
    const oldest = new Date(this.clock.now().getTime() - this.settings.eventDays * DAY_MS).toISOString();
    const [newest] = await this.database.query('SELECT COALESCE(MAX(id), 0) AS id FROM live_events');
    const newestId = Number(newest!.id);
    const [young] = await this.database.query('SELECT COALESCE(MIN(id), ?) AS id FROM live_events WHERE at >= ?', [
      newestId,
      oldest,
    ]);
    const keepFrom = Math.min(newestId, Math.max(Number(young!.id), newestId - this.settings.eventRows + 1));
    for (let gone = 0; ;) {
      const count = await this.unitOfWork.run(
        (unit) =>
          unit.execute(
            'DELETE FROM live_events WHERE id IN (SELECT id FROM live_events WHERE id < ? ORDER BY id LIMIT ?)',
            [keepFrom, ROWS_AT_ONCE],
          ),
        IN_BACKGROUND,
      );
      gone += count;
      if (count < ROWS_AT_ONCE) return gone;
    }
  }
}
