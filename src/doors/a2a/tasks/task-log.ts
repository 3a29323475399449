import {
  type Artifact,
  type Message,
  type Part,
  Role,
  StreamResponse,
  Task,
  TaskState,
  taskStateToJSON,
} from '@a2a-js/sdk';
import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../../../config/index.js';
import { Database, gt, leadNamedIn, type Unit } from '../../../database/index.js';
import { PushQueue } from '../push/push-configs.js';
import { A2aTask, A2aTaskEvent } from './a2a-task.entities.js';
import { TaskFeed } from './task-feed.js';

/** What happens to a task. A change of state may say something to the client. */
export type TaskChange =
  { readonly state: TaskState; readonly says?: readonly Part[] } | { readonly artifact: Artifact };

export type TaskPatch = Partial<Pick<A2aTask, 'caller' | 'turn' | 'input' | 'approval_id'>>;
type NewTask = Omit<A2aTask, 'last_seq' | 'status_at' | 'created_at' | 'task' | 'state' | 'lead_id'>;

/**
 * The metadata field of a task and of each of its events that tells the event's number; `Last-Event-ID` takes it
 * back.
 */
export const SEQUENCE = 'event_sequence';

const EVENTS_AT_ONCE = 100;

/** Tasks and their numbered events: each change is one event, written in the unit that changes the task. */
@Injectable()
export class TaskLog {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly feed: TaskFeed,
    private readonly pushes: PushQueue,
  ) {}

  get(taskId: string): Promise<A2aTask | undefined> {
    return this.database.of(A2aTask).get(taskId);
  }

  eventsAfter(taskId: string, seq: number): Promise<A2aTaskEvent[]> {
    return this.database
      .of(A2aTaskEvent)
      .find({ task_id: taskId, seq: gt(seq) }, { order: { seq: 'asc' }, limit: EVENTS_AT_ONCE });
  }

  /** Whether a task has waited for the approval, or waits for it now. */
  async hasWaitedFor(approvalId: string): Promise<boolean> {
    return (await this.database.of(A2aTask).count({ approval_id: approvalId })) > 0;
  }

  /** The task as it stands in the unit, held until the unit ends. */
  async lock(unit: Unit, taskId: string): Promise<A2aTask | undefined> {
    return (await unit.of(A2aTask).find({ task_id: taskId }, { limit: 1, lock: true }))[0];
  }

  /** Starts the log of a new task; its first event is the task itself. */
  async open(unit: Unit, row: NewTask, message: Message): Promise<A2aTask> {
    const now = this.clock.iso();
    const state = TaskState.TASK_STATE_SUBMITTED;
    const task: Task = {
      id: row.task_id,
      contextId: row.context_id,
      status: { state, message: undefined, timestamp: now },
      artifacts: [],
      history: [message],
      metadata: { [SEQUENCE]: 1, skill: row.skill },
    };
    const opened: A2aTask = {
      ...row,
      last_seq: 1,
      state: taskStateToJSON(state),
      status_at: now,
      created_at: now,
      task: Task.toJSON(task) as object,
      lead_id: leadNamedIn(row.input, message),
    };
    await unit.of(A2aTask).insert(opened);
    await this.write(unit, opened, 1, { payload: { $case: 'task', value: task } });
    return opened;
  }

  /** Writes the changes in their order. @returns the task after them */
  async append(
    unit: Unit,
    row: A2aTask,
    changes: readonly TaskChange[],
    patch: TaskPatch & { heard?: Message } = {},
  ): Promise<A2aTask> {
    const { heard, ...columns } = patch;
    const task = Task.fromJSON(row.task);
    const next: A2aTask = { ...row, ...columns };
    if (heard) {
      keepSaid(task);
      task.history.push(heard);
    }
    for (const change of changes)
      await this.write(unit, next, ++next.last_seq, this.apply(task, change, next.last_seq));
    task.metadata = { ...task.metadata, [SEQUENCE]: next.last_seq };
    next.task = Task.toJSON(task) as object;
    next.state = taskStateToJSON(task.status!.state);
    next.status_at = task.status!.timestamp!;
    next.lead_id = leadNamedIn(next.input, next.task);
    const { task_id, last_seq, state, status_at, lead_id } = next;
    await unit.of(A2aTask).update({ task_id }, { ...columns, last_seq, state, status_at, lead_id, task: next.task });
    return next;
  }

  private apply(task: Task, change: TaskChange, seq: number): StreamResponse {
    const ids = { taskId: task.id, contextId: task.contextId, metadata: { [SEQUENCE]: seq } };
    if ('artifact' in change) {
      const { artifact } = change;
      task.artifacts = [...task.artifacts.filter(({ artifactId }) => artifactId !== artifact.artifactId), artifact];
      return { payload: { $case: 'artifactUpdate', value: { ...ids, artifact, append: false, lastChunk: true } } };
    }
    keepSaid(task);
    task.status = {
      state: change.state,
      message: change.says && messageOf(task, change.says),
      timestamp: this.clock.iso(),
    };
    return { payload: { $case: 'statusUpdate', value: { ...ids, status: task.status } } };
  }

  private async write(unit: Unit, { task_id }: A2aTask, seq: number, event: StreamResponse): Promise<void> {
    await unit
      .of(A2aTaskEvent)
      .insert({
        event_id: newId('aev'),
        task_id,
        seq,
        event: StreamResponse.toJSON(event) as object,
        created_at: this.clock.iso(),
      });
    await this.pushes.promise(unit, task_id, seq);
    unit.afterCommit(() => this.feed.wake(task_id));
  }
}

/** What the status says goes into the history before what comes after it, once. */
function keepSaid({ status, history }: Task): void {
  const said = status?.message;
  if (said && !history.some(({ messageId }) => messageId === said.messageId)) history.push(said);
}

function messageOf({ id, contextId }: Task, parts: readonly Part[]): Message {
  return {
    messageId: newId('amg'),
    contextId,
    taskId: id,
    role: Role.ROLE_AGENT,
    parts: [...parts],
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  };
}

export function textPart(text: string): Part {
  return { content: { $case: 'text', value: text }, metadata: undefined, filename: '', mediaType: 'text/plain' };
}

export function dataPart(data: object): Part {
  return { content: { $case: 'data', value: data }, metadata: undefined, filename: '', mediaType: 'application/json' };
}
