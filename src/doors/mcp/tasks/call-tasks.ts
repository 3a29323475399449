import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../../config/index.js';
import { Database, UnitOfWork, leadNamedIn, lte } from '../../../database/index.js';
import { Log } from '../../../telemetry/index.js';
import { AppError, conflict, limited } from '../../../errors/index.js';
import { CallTask, type CallProblem } from './call-task.entity.js';

/** How long an answer waits to be fetched. */
export const TASK_TTL_MS = 24 * 3_600_000;
/** A working task is marked as alive this often; after three misses its process is taken for dead. */
const HEARTBEAT_MS = 10_000;
const DEAD_AFTER_MS = 3 * HEARTBEAT_MS;
const MOST_RUNNING = 200;

export interface TaskedWork {
  readonly operation: string;
  readonly principalId: string;
  /** Stops the work when the task is cancelled. */
  readonly controller: AbortController;
  run(report: (message: string) => void): Promise<object>;
}

interface Running {
  readonly controller: AbortController;
  readonly done: Promise<void>;
  message: string | null;
}

/**
 * Calls that outlive the connection they came by. The row is there before the caller hears of the task, and the
 * answer is written to it; a task whose process died is reported as failed, never as working for ever.
 */
@Injectable()
export class CallTasks implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly running = new Map<string, Running>();
  private readonly outsideUnits = AsyncLocalStorage.snapshot();
  private heartbeat: NodeJS.Timeout | undefined;
  private isStopping = false;

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.heartbeat = setInterval(
      () => void this.beat().catch((error: unknown) => this.log.error({ error }, 'tasks could not be marked')),
      HEARTBEAT_MS,
    );
    this.heartbeat.unref();
  }

  /** Cancels what runs here: after the stop nobody could write its answer. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.heartbeat);
    for (const { controller } of this.running.values()) controller.abort(new Error('the server is stopping'));
    await Promise.all([...this.running.values()].map(({ done }) => done));
  }

  /** Records the task, then starts the work. @throws AppError limit when too many run already */
  async start({ operation, principalId, controller, run }: TaskedWork): Promise<CallTask> {
    if (this.isStopping || this.running.size >= MOST_RUNNING) throw limited('too many long calls are running', 30);
    const now = this.clock.iso();
    const task: CallTask = {
      task_id: `task_${randomBytes(18).toString('base64url')}`,
      principal_id: principalId,
      operation,
      status: 'working',
      message: null,
      answer: null,
      problem: null,
      created_at: now,
      updated_at: now,
      expires_at: new Date(Date.parse(now) + TASK_TTL_MS).toISOString(),
      lead_id: null,
    };
    await this.unitOfWork.run(async (unit) => {
      await unit.of(CallTask).delete({ expires_at: lte(now) });
      await unit.of(CallTask).insert(task);
    });
    const running: Running = {
      controller,
      message: null,
      done: this.outsideUnits(() =>
        run((message) => (running.message = message))
          .then(
            (answer) => this.settle(task.task_id, { status: 'completed', answer }),
            (error: unknown) => this.settle(task.task_id, this.outcomeOf(error, controller)),
          )
          .finally(() => this.running.delete(task.task_id)),
      ),
    };
    this.running.set(task.task_id, running);
    return task;
  }

  /** Undefined for a task that there is not, or that is another's. */
  async get(taskId: string, principalId: string): Promise<CallTask | undefined> {
    const [task] = await this.database.of(CallTask).find({ task_id: taskId, principal_id: principalId }, { limit: 1 });
    if (task?.status !== 'working') return task;
    const running = this.running.get(taskId);
    if (running) return { ...task, message: running.message };
    if (this.clock.now().getTime() - Date.parse(task.updated_at) < DEAD_AFTER_MS) return task;
    await this.settle(taskId, {
      status: 'failed',
      problem: problemOf(new AppError('internal', 'interrupted', 'the server stopped while it worked on this')),
    });
    return this.get(taskId, principalId);
  }

  /**
   * Asks for the task to end. One that another process works on is stopped at that one's next beat. @returns false
   * for a task that there is not
   */
  async cancel(taskId: string, principalId: string): Promise<boolean> {
    const task = await this.get(taskId, principalId);
    if (!task) return false;
    if (task.status === 'working') await this.settle(taskId, { status: 'cancelled', message: 'cancelled on request' });
    this.running.get(taskId)?.controller.abort(conflict('cancelled', 'the task was cancelled'));
    return true;
  }

  /** Every few seconds: says that what runs here is alive, and stops what was cancelled elsewhere. */
  async beat(): Promise<void> {
    const ids = [...this.running.keys()];
    if (ids.length === 0) return;
    await this.unitOfWork.run((unit) =>
      unit.of(CallTask).update({ task_id: ids, status: 'working' }, { updated_at: this.clock.iso() }),
    );
    const cancelled = await this.database.of(CallTask).find({ task_id: ids, status: 'cancelled' });
    for (const { task_id } of cancelled)
      this.running.get(task_id)?.controller.abort(conflict('cancelled', 'the task was cancelled'));
  }

  private outcomeOf(error: unknown, { signal }: AbortController): Partial<CallTask> {
    if (this.isStopping)
      return {
        status: 'failed',
        problem: problemOf(new AppError('internal', 'interrupted', 'the server stopped while it worked on this')),
      };
    if (signal.aborted) return { status: 'cancelled' };
    if (error instanceof AppError && error.kind !== 'internal') return { status: 'refused', problem: problemOf(error) };
    this.log.error({ error }, 'a long call failed');
    return {
      status: 'failed',
      problem: problemOf(new AppError('internal', 'internal', 'something went wrong here; the log has it')),
    };
  }

  /** The first outcome stays: a task that was cancelled and finishes nevertheless is cancelled. */
  private async settle(taskId: string, outcome: Partial<CallTask>): Promise<void> {
    try {
      await this.unitOfWork.run((unit) =>
        unit
          .of(CallTask)
          .update(
            { task_id: taskId, status: 'working' },
            { ...outcome, updated_at: this.clock.iso(), lead_id: leadNamedIn(outcome.answer, outcome.problem) },
          ),
      );
    } catch (error) {
      this.log.error({ error, task_id: taskId }, 'the outcome of a long call could not be written');
    }
  }
}

function problemOf({ kind, code, message, errors }: AppError): CallProblem {
  return { kind, code, message, errors };
}
