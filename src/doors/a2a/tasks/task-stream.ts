import { StreamResponse, Task } from '@a2a-js/sdk';
import { TaskNotFoundError, UnsupportedOperationError } from '@a2a-js/sdk/errors';
import { Injectable } from '@nestjs/common';
import type { A2aCall } from '../http/a2a-call.js';
import type { A2aTask } from './a2a-task.entities.js';
import { TaskFeed } from './task-feed.js';
import { TaskLog } from './task-log.js';
import { isAtRest, isTerminal } from './task-states.js';

/**
 * How long a client that blocks is kept waiting; it then gets the task as it is, and can ask or subscribe.
 * Milliseconds.
 */
const LONGEST_WAIT_MS = 30_000;

/**
 * Reads a task's log to its end and then waits for more. Nothing is buffered for a client: what it has not taken
 * stays in the log, so that a slow one costs no memory.
 */
@Injectable()
export class TaskStream {
  constructor(
    private readonly log: TaskLog,
    private readonly feed: TaskFeed,
  ) {}

  /**
   * The task once it has ended or asks for something, or as it stands when patience or the client is gone.
   * @throws TaskNotFoundError when it was erased meanwhile, with a lead that it named
   */
  async untilAtRest(task: A2aTask, call: A2aCall): Promise<A2aTask> {
    const patience = AbortSignal.any([call.signal, AbortSignal.timeout(LONGEST_WAIT_MS)]);
    let latest = task;
    while (!isAtRest(latest.state) && !patience.aborted && !this.feed.stopping.aborted) {
      const { news, cancel } = this.feed.next(task.task_id, latest.last_seq, patience);
      const now = await this.log.get(task.task_id);
      if (!now) {
        cancel();
        throw new TaskNotFoundError(`Task not found: ${task.task_id}`);
      }
      latest = now;
      if (isAtRest(latest.state)) cancel();
      else await news;
    }
    return latest;
  }

  /** The task as it stands, then what happens to it until it ends or asks for something. */
  async *ofMessage(
    task: A2aTask,
    call: A2aCall,
    snapshot: (task: A2aTask) => Task,
  ): AsyncGenerator<StreamResponse, void, undefined> {
    call.streamedSeq = task.last_seq;
    yield { payload: { $case: 'task', value: snapshot(task) } };
    if (!isAtRest(task.state)) yield* this.follow(task.task_id, task.last_seq, call, isAtRest);
  }

  /**
   * The task as it stands, then what happens to it until it ends: also over its questions, for a person may answer
   * them. A client that comes back with the number of its last event is given every event after it, even where the
   * task has ended meanwhile.
   */
  async *ofSubscription(task: A2aTask, call: A2aCall): AsyncGenerator<StreamResponse, void, undefined> {
    const { lastEventSeq } = call;
    const missesSome = lastEventSeq !== undefined && lastEventSeq < task.last_seq;
    if (isTerminal(task.state) && !missesSome)
      throw new UnsupportedOperationError('this task has ended: there is nothing left to subscribe to');
    // the snapshot is ahead of the events that follow, so it must not move the client's place
    call.streamedSeq = missesSome ? undefined : task.last_seq;
    yield { payload: { $case: 'task', value: Task.fromJSON(task.task) } };
    yield* this.follow(task.task_id, missesSome ? lastEventSeq : task.last_seq, call, isTerminal);
  }

  private async *follow(
    taskId: string,
    after: number,
    call: A2aCall,
    isEnd: (state: string) => boolean,
  ): AsyncGenerator<StreamResponse, void, undefined> {
    let seq = after;
    while (!call.signal.aborted && !this.feed.stopping.aborted) {
      const { news, cancel } = this.feed.next(taskId, seq, call.signal);
      const events = await this.log.eventsAfter(taskId, seq);
      if (events.length > 0) cancel();
      for (const event of events) {
        call.streamedSeq = seq = event.seq;
        yield StreamResponse.fromJSON(event.event);
        if (call.signal.aborted) return;
      }
      if (events.length > 0) continue;
      const task = await this.log.get(taskId);
      if (!task || (task.last_seq === seq && isEnd(task.state))) return cancel();
      await news;
    }
  }
}
