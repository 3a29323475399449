import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { Database, type Unit, UnitOfWork, not } from '../../../database/index.js';
import { AppError, LiveEvents, OperationBus, SYSTEM } from '../../../operations/index.js';
import { type Job, JobHandlers, Outbox, type OutsideHandler, type Settle } from '../../../queue/index.js';
import { Log } from '../../../telemetry/index.js';
import { A2aTask } from './a2a-task.entity.js';
import { TaskLog } from './task-log.js';
import { type ApprovalStand, afterApproval, isOpen } from './task-outcome.js';
import { INPUT_REQUIRED } from './task-states.js';

const TOPIC = 'a2a.approval';
const TOLD: ReadonlySet<string> = new Set(['approval.decided', 'approval.expired']);
const SWEEP_MS = 60_000;
const SWEPT_AT_ONCE = 500;

interface ApprovalJob {
  readonly approval_id: string;
}

/**
 * Lets tasks go on when a person has decided. The live event is the quick way; what was decided while nobody listened is found
 * at start-up and once a minute.
 */
@Injectable()
export class ApprovalWatch implements OutsideHandler, OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private stopListening: (() => void) | undefined;
  private sweep: NodeJS.Timeout | undefined;

  constructor(
    private readonly handlers: JobHandlers,
    private readonly events: LiveEvents,
    private readonly database: Database,
    private readonly uow: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly operations: OperationBus,
    private readonly tasks: TaskLog,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.handlers.register(TOPIC, this);
  }

  onApplicationBootstrap(): void {
    this.stopListening = this.events.listen(({ type, subject_id }) => {
      if (TOLD.has(type)) void this.goOn(subject_id);
    });
    this.sweep = setInterval(() => void this.lookAround(), SWEEP_MS).unref();
    void this.lookAround();
  }

  beforeApplicationShutdown(): void {
    this.stopListening?.();
    clearInterval(this.sweep);
  }

  /** Ends the tasks that wait for the approval, if it is settled. */
  async runOutside({ payload: { approval_id } }: Job<ApprovalJob>, settle: Settle): Promise<void> {
    const approval = await this.operations.call<ApprovalStand>('approval.get', { approval_id }, { principal: SYSTEM, door: 'a2a' });
    await settle(async (unit) => {
      const waiting = await unit.of(A2aTask).find({ approval_id, state: INPUT_REQUIRED }, { lock: true });
      for (const task of waiting) {
        const outcome = afterApproval(task.skill, approval);
        if (outcome) await this.tasks.append(unit, task, outcome.changes, outcome.patch);
      }
    });
  }

  /** Finds tasks whose approval was settled unheard. */
  private async lookAround(): Promise<void> {
    const waiting = await this.database.of(A2aTask).find({ state: INPUT_REQUIRED, approval_id: not(null) }, { limit: SWEPT_AT_ONCE });
    for (const approvalId of new Set(waiting.map(({ approval_id }) => approval_id!))) {
      const approval = await this.operations.call<ApprovalStand>('approval.get', { approval_id: approvalId }, { principal: SYSTEM, door: 'a2a' })
        .catch((error: unknown) => this.explain(error));
      if (approval && !isOpen(approval.status)) await this.goOn(approvalId);
    }
  }

  private async goOn(approvalId: string): Promise<void> {
    try {
      if ((await this.database.of(A2aTask).count({ approval_id: approvalId, state: INPUT_REQUIRED })) === 0) return;
      await this.uow.run((unit: Unit) => this.outbox.add(unit, [{ topic: TOPIC, key: `a2a.approval:${approvalId}`, payload: { approval_id: approvalId } }]));
    } catch (error) {
      this.explain(error);
    }
  }

  private explain(error: unknown): undefined {
    if (!(error instanceof AppError && error.kind === 'not_found')) this.log.error({ error }, 'tasks that wait for an approval could not be looked at');
  }
}
