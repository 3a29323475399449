import { TaskState } from '@a2a-js/sdk';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/index.js';
import { type Unit, UnitOfWork } from '../../../database/index.js';
import { AppError } from '../../../errors/index.js';
import {
  type CallOptions,
  OperationBus,
  OperationRegistry,
  type Principal,
  askedOfPerson,
} from '../../../operations/index.js';
import { Job, type Settle } from '../../../queue/index.js';
import { Log } from '../../../telemetry/index.js';
import { SkillCatalog } from '../agents/skill-catalog.js';
import type { A2aTask, StoredCaller } from './a2a-task.entities.js';
import { TaskLog } from './task-log.js';
import {
  afterApproval,
  type ApprovalState,
  done,
  isOpen,
  refused,
  type TaskOutcome,
  waitsForPerson,
} from './task-outcome.js';
import { RUN_TOPIC, type RunJob, runKey, SUBMITTED, WORKING } from './task-states.js';

const ATTEMPTS = 5;

/**
 * Carries tasks out. The outbox promises each run; one that a killed process had begun is run again, and the
 * operation's idempotency record, written in the same unit as its effect, makes that the first run's answer.
 */
@Injectable()
export class TaskRunner {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly tasks: TaskLog,
    private readonly operations: OperationBus,
    private readonly registry: OperationRegistry,
    private readonly catalog: SkillCatalog,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  @Job(RUN_TOPIC, { isOutside: true, concurrency: 8, attempts: ATTEMPTS, backoffMs: 500 })
  async run({ payload, attempt }: Job<RunJob>, settle: Settle): Promise<void> {
    const task = await this.uow.run((unit) => this.begin(unit, payload));
    // cancelled before it began, or ended by a run whose note was lost
    if (!task) return settle(async () => undefined);
    const outcome = await this.carryOut(task, attempt);
    await settle(async (unit) => {
      const now = await this.tasks.lock(unit, task.task_id);
      if (now?.state === WORKING && now.turn === payload.turn)
        await this.tasks.append(unit, now, outcome.changes, outcome.patch);
    });
  }

  private async begin(unit: Unit, { task_id, turn }: RunJob): Promise<A2aTask | undefined> {
    const task = await this.tasks.lock(unit, task_id);
    if (task?.turn !== turn) return undefined;
    if (task.state === SUBMITTED) return this.tasks.append(unit, task, [{ state: TaskState.TASK_STATE_WORKING }]);
    return task.state === WORKING ? task : undefined;
  }

  private async carryOut(task: A2aTask, attempt: number): Promise<TaskOutcome> {
    const { task_id, turn, skill, input } = task;
    const operation = this.registry.get(skill);
    const key = runKey({ task_id, turn });
    const options: CallOptions = {
      principal: toPrincipal(task.caller),
      door: 'a2a',
      requestId: key,
      idempotencyKey: key,
    };
    try {
      if (!operation.isDestructive && !askedOfPerson(operation, input))
        return done(skill, await this.operations.call(skill, input, options), key);
      const approval = await this.askPerson(task, options);
      return afterApproval(skill, approval) ?? waitsForPerson(skill, approval, `${this.settings.publicUrl}/#/inbox`);
    } catch (error) {
      const isPassing = !(error instanceof AppError) || error.kind === 'unavailable' || error.kind === 'internal';
      if (isPassing && attempt < ATTEMPTS) throw error;
      if (error instanceof AppError) return refused(operation, error, this.catalog.schemaFor(operation));
      this.log.error({ error, request_id: key, operation: skill }, 'an A2A task failed for good');
      return refused(
        operation,
        new AppError('internal', 'internal', 'something went wrong here; the log has it under the task’s id'),
        {},
      );
    }
  }

  private async askPerson({ task_id, skill, input }: A2aTask, options: CallOptions): Promise<ApprovalState> {
    const request = { operation: skill, input, reason: `an agent asked for it over A2A, task ${task_id}` };
    const ask = (): Promise<ApprovalState> => this.operations.call<ApprovalState>('approval.request', request, options);
    const approval = await ask();
    // the outcome of the same call by an earlier task, which has told it: this one is asked anew
    const isOld = !isOpen(approval.status) && (await this.tasks.hasWaitedFor(approval.approval_id));
    return isOld ? ask() : approval;
  }
}

function toPrincipal({ scopes, ...caller }: StoredCaller): Principal {
  return { ...caller, scopes: new Set(scopes) };
}
