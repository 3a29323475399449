import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, gt, not, UnitOfWork } from '../../../database/index.js';
import { LiveEvents } from '../../../live-events/index.js';
import { AppError } from '../../../errors/index.js';
import { OperationBus, SYSTEM } from '../../../operations/index.js';
import { Job, Outbox, type Settle } from '../../../queue/index.js';
import { Log } from '../../../telemetry/index.js';
import { A2aTask } from './a2a-task.entities.js';
import { TaskLog } from './task-log.js';
import { afterApproval, type ApprovalState, isOpen, withoutApproval } from './task-outcome.js';
import { INPUT_REQUIRED } from './task-states.js';

const TOPIC = 'a2a.approval';
const TOLD: ReadonlySet<string> = new Set(['approval.decided', 'approval.expired']);
const SWEEP_MS = 60_000;
const SWEPT_AT_ONCE = 500;

interface ApprovalJob {
  readonly approval_id: string;
  readonly task_id: string;
}

/**
 * Lets tasks go on when a person has decided. The live event is the quick way; what was decided while nobody listened
 * is found at start-up and once a minute.
 */
@Injectable()
export class ApprovalWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private stopListening: (() => void) | undefined;
  private sweep: NodeJS.Timeout | undefined;

  constructor(
    private readonly events: LiveEvents,
    private readonly database: Database,
    private readonly uow: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly operations: OperationBus,
    private readonly tasks: TaskLog,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.stopListening = this.events.listen(({ type, subject_id }) => {
      if (TOLD.has(type)) void this.tryTo(this.goOn(subject_id));
    });
    this.sweep = setInterval(() => void this.tryTo(this.lookAround()), SWEEP_MS).unref();
    void this.tryTo(this.lookAround());
  }

  beforeApplicationShutdown(): void {
    this.stopListening?.();
    clearInterval(this.sweep);
  }

  /** Ends a task that waits for an approval which is settled. */
  @Job(TOPIC, { isOutside: true })
  async endWaiting({ payload: { approval_id, task_id } }: Job<ApprovalJob>, settle: Settle): Promise<void> {
    const approval = await this.stateOf(approval_id);
    await settle(async (unit) => {
      const task = await this.tasks.lock(unit, task_id);
      if (task?.state !== INPUT_REQUIRED || task.approval_id !== approval_id) return;
      const outcome = approval ? afterApproval(task.skill, approval) : withoutApproval(approval_id);
      if (!outcome) throw new Error(`${approval_id} is still open`);
      await this.tasks.append(unit, task, outcome.changes, outcome.patch);
    });
  }

  /** Finds tasks whose approval was settled unheard. */
  private async lookAround(): Promise<void> {
    for (let after = '', isAll = false; !isAll;) {
      const where = { state: INPUT_REQUIRED, approval_id: not(null), task_id: gt(after) };
      const waiting = await this.database.of(A2aTask).find(where, { order: { task_id: 'asc' }, limit: SWEPT_AT_ONCE });
      for (const approvalId of new Set(waiting.map(({ approval_id }) => approval_id!))) {
        const approval = await this.stateOf(approvalId);
        if (!approval || !isOpen(approval.status)) await this.goOn(approvalId);
      }
      after = waiting.at(-1)?.task_id ?? after;
      isAll = waiting.length < SWEPT_AT_ONCE;
    }
  }

  /** Undefined for one that was erased together with whom it was about. */
  private async stateOf(approvalId: string): Promise<ApprovalState | undefined> {
    try {
      return await this.operations.call<ApprovalState>(
        'approval.get',
        { approval_id: approvalId },
        { principal: SYSTEM, door: 'a2a' },
      );
    } catch (error) {
      if (error instanceof AppError && error.kind === 'not_found') return undefined;
      throw error;
    }
  }

  private async goOn(approvalId: string): Promise<void> {
    const waiting = await this.database.of(A2aTask).find({ approval_id: approvalId, state: INPUT_REQUIRED });
    if (waiting.length === 0) return;
    await this.uow.run((unit) =>
      this.outbox.add(
        unit,
        waiting.map(({ task_id }) => ({
          topic: TOPIC,
          key: `a2a.approval:${approvalId}:${task_id}`,
          payload: { approval_id: approvalId, task_id },
        })),
      ),
    );
  }

  /** What fails now is done at the next look around. */
  private async tryTo(work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) =>
      this.log.error({ error }, 'tasks that wait for an approval could not be looked at'),
    );
  }
}
