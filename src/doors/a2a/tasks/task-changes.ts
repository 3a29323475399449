import { TaskState } from '@a2a-js/sdk';
import { TaskNotCancelableError, TaskNotFoundError } from '@a2a-js/sdk/errors';
import { Injectable } from '@nestjs/common';
import { type Unit, UnitOfWork } from '../../../database/index.js';
import { A2aPushConfig, type CheckedPushConfig, PushConfigs } from '../push/push-configs.js';
import type { A2aTask } from './a2a-task.entities.js';
import { TaskLog, textPart } from './task-log.js';
import { CANCELED, isTerminal, WORKING } from './task-states.js';

/** What a client may change of a task beside sending to it. */
@Injectable()
export class TaskChanges {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly log: TaskLog,
    private readonly pushConfigs: PushConfigs,
  ) {}

  /**
   * Cancels a task before its operation begins: what has begun is one transaction and cannot be stopped half-way, and
   * what waits in the inbox is a person's to refuse.
   * @throws TaskNotCancelableError
   */
  cancel(taskId: string): Promise<A2aTask> {
    return this.uow.run(async (unit) => {
      const task = await this.hold(unit, taskId);
      if (task.state === CANCELED) return task;
      if (isTerminal(task.state)) throw new TaskNotCancelableError('this task has ended');
      if (task.state === WORKING)
        throw new TaskNotCancelableError('its operation is being carried out; ask again for the outcome');
      if (task.approval_id !== null)
        throw new TaskNotCancelableError(`it waits for ${task.approval_id} in the inbox, where a person can reject it`);
      return this.log.append(unit, task, [
        { state: TaskState.TASK_STATE_CANCELED, says: [textPart('Canceled as asked; nothing was carried out.')] },
      ]);
    });
  }

  tell(taskId: string, config: CheckedPushConfig): Promise<A2aPushConfig> {
    return this.uow.run(async (unit) => {
      const task = await this.hold(unit, taskId);
      return this.pushConfigs.save(unit, task, config, task.last_seq);
    });
  }

  async tellNoMore(taskId: string, configId: string): Promise<void> {
    await this.uow.run((unit) => unit.of(A2aPushConfig).delete({ task_id: taskId, config_id: configId }));
  }

  private async hold(unit: Unit, taskId: string): Promise<A2aTask> {
    const task = await this.log.lock(unit, taskId);
    if (!task) throw new TaskNotFoundError(`Task not found: ${taskId}`);
    return task;
  }
}
