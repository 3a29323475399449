import { TaskState, taskStateToJSON } from '@a2a-js/sdk';

const TERMINAL: ReadonlySet<string> = new Set(
  [
    TaskState.TASK_STATE_COMPLETED,
    TaskState.TASK_STATE_FAILED,
    TaskState.TASK_STATE_CANCELED,
    TaskState.TASK_STATE_REJECTED,
  ].map(taskStateToJSON),
);
export const INPUT_REQUIRED = taskStateToJSON(TaskState.TASK_STATE_INPUT_REQUIRED);
export const SUBMITTED = taskStateToJSON(TaskState.TASK_STATE_SUBMITTED);
export const WORKING = taskStateToJSON(TaskState.TASK_STATE_WORKING);
export const CANCELED = taskStateToJSON(TaskState.TASK_STATE_CANCELED);

/** The states in which nobody here works on a task. */
export const AT_REST: readonly string[] = [...TERMINAL, INPUT_REQUIRED];

/** Nothing happens to the task any more. */
export function isTerminal(state: string): boolean {
  return TERMINAL.has(state);
}

/** The task has ended or waits for somebody: an answer that was waited for is there. */
export function isAtRest(state: string): boolean {
  return AT_REST.includes(state);
}

export const RUN_TOPIC = 'a2a.run';

/** One carrying out of a task's operation: the turn is the number of the message that completed its fields. */
export interface RunJob {
  readonly task_id: string;
  readonly turn: number;
}

/** The key under which the outbox promises the run and the operation's own idempotency record keeps its answer. */
export function runKey({ task_id, turn }: RunJob): string {
  return `a2a.run:${task_id}:${turn}`;
}
