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
