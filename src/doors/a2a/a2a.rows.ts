import { Injectable } from '@nestjs/common';
import {
  Database,
  KeepsRows,
  nameOfLead,
  type Reader,
  type RowKeeper,
  SEVERAL_LEADS,
  type SqlRow,
  type Unit,
  UnitOfWork,
} from '../../database/index.js';
import { A2aPushConfig } from './push/push-configs.js';
import { A2aMessage, A2aTask, A2aTaskEvent } from './tasks/a2a-task.entities.js';
import { INPUT_REQUIRED } from './tasks/task-states.js';
import { TaskSweep } from './tasks/task-sweep.js';

const LOOKED_THROUGH_AT_ONCE = 200;
const WITH_TASK = { swept: 'with the task' };
const BY_TASK = { keeper: 'by the task' };

@Injectable()
@KeepsRows([
  {
    table: A2aTask,
    holds: 'a task of the A2A door',
    keeps: { swept: 'HERALD_A2A_TASK_DAYS after it came to rest' },
    lead: { keeper: 'by the index on the lead that it names; what names one in passing is looked through afterwards' },
  },
  { table: A2aTaskEvent, holds: 'what happened to a task', keeps: WITH_TASK, lead: BY_TASK },
  { table: A2aMessage, holds: 'that a message was taken', keeps: WITH_TASK, lead: BY_TASK },
  { table: A2aPushConfig, holds: "who is told of a task's events", keeps: WITH_TASK, lead: BY_TASK },
])
export class A2aRows implements RowKeeper {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly tasks: TaskSweep,
  ) {}

  async eraseLead(unit: Unit, leadId: string): Promise<boolean> {
    await this.forget(unit, await tasksNaming(unit, leadId), leadId);
    return false;
  }

  async eraseTraces(leadId: string): Promise<void> {
    const name = nameOfLead(leadId);
    for (let after = ''; ;) {
      const rows = await this.database.queryAside(
        'SELECT task_id, CAST(input AS text) AS input, CAST(task AS text) AS task FROM a2a_tasks WHERE task_id > ? ORDER BY task_id LIMIT ?',
        [after, LOOKED_THROUGH_AT_ONCE],
      );
      const ids = rows
        .filter(({ input, task }) => `${String(input)} ${String(task)}`.search(name) !== -1)
        .map(({ task_id }) => String(task_id));
      if (ids.length > 0)
        await this.unitOfWork.run(async (unit) =>
          this.forget(unit, await unit.of(A2aTask).find({ task_id: ids }, { lock: true }), leadId),
        );
      if (rows.length < LOOKED_THROUGH_AT_ONCE) return;
      after = String(rows.at(-1)!.task_id);
    }
  }

  async exportLead(reader: Reader, leadId: string): Promise<Record<string, readonly SqlRow[]>> {
    return { a2a_tasks: (await tasksNaming(reader, leadId)) as unknown as SqlRow[] };
  }

  sweep(): Promise<number> {
    return this.tasks.sweep();
  }

  /**
   * Removes tasks that asked or told about the lead. One that waits for a person's yes stays without the name: that
   * yes may be to this erasure.
   */
  private async forget(unit: Unit, tasks: readonly A2aTask[], leadId: string): Promise<void> {
    const waiting = tasks.filter(({ state, approval_id }) => state === INPUT_REQUIRED && approval_id !== null);
    const gone = tasks.filter((task) => !waiting.includes(task)).map(({ task_id }) => task_id);
    for (const entity of [A2aPushConfig, A2aMessage, A2aTaskEvent, A2aTask])
      await unit.of<{ task_id: string }>(entity).delete({ task_id: gone });
    for (const { task_id, input, task } of waiting) {
      const unnamed = <T>(value: T): T =>
        JSON.parse(JSON.stringify(value).replace(nameOfLead(leadId), `forgotten-${task_id}`)) as T;
      await unit.of(A2aTask).update({ task_id }, { input: unnamed(input), task: unnamed(task), lead_id: null });
      for (const { event_id, event } of await unit.of(A2aTaskEvent).find({ task_id }))
        await unit.of(A2aTaskEvent).update({ event_id }, { event: unnamed(event) });
    }
  }
}

async function tasksNaming(reader: Reader, leadId: string): Promise<A2aTask[]> {
  const rows = await reader.of(A2aTask).find({ lead_id: [leadId, SEVERAL_LEADS] });
  const name = nameOfLead(leadId);
  return rows.filter((row) => row.lead_id === leadId || JSON.stringify([row.input, row.task]).search(name) !== -1);
}
