import { Injectable } from '@nestjs/common';
import { Clock, Settings } from '../../../config/index.js';
import { Database, lte, UnitOfWork } from '../../../database/index.js';
import { A2aPushConfig } from '../push/push-configs.js';
import { A2aMessage, A2aTask, A2aTaskEvent } from './a2a-task.entities.js';
import { AT_REST } from './task-states.js';

const DAY_MS = 86_400_000;
/** Small, for other writers wait meanwhile. */
const TASKS_AT_ONCE = 100;

/** Forgets tasks that came to rest long ago, with all that belongs to them. */
@Injectable()
export class TaskSweep {
  constructor(
    private readonly database: Database,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** @returns how many tasks went */
  async sweep(): Promise<number> {
    const oldest = new Date(this.clock.now().getTime() - this.settings.a2aTaskDays * DAY_MS).toISOString();
    const where = { state: AT_REST, status_at: lte(oldest) };
    for (let gone = 0; ;) {
      const old = (await this.database.of(A2aTask).find(where, { limit: TASKS_AT_ONCE })).map(({ task_id }) => task_id);
      if (old.length === 0) return gone;
      gone += await this.uow.run(async (unit) => {
        // a task that was answered in between is not at rest any more
        const still = (await unit.of(A2aTask).find({ ...where, task_id: old }, { lock: true })).map(
          ({ task_id }) => task_id,
        );
        for (const entity of [A2aPushConfig, A2aMessage, A2aTaskEvent, A2aTask])
          await unit.of<{ task_id: string }>(entity).delete({ task_id: still });
        return still.length;
      });
    }
  }
}
