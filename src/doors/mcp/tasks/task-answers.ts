import { type CallToolResult, type InputRequests, type Result, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { AppError, type ErrorKind } from '../../../operations/index.js';
import type { CallTask } from './call-task.entity.js';
import { TASK_TTL_MS } from './call-tasks.js';
import { problemResult, resultOf } from '../tools/tool-result.js';

/** https://modelcontextprotocol.io/extensions: long calls answered by a handle. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';
const POLL_INTERVAL_MS = 1_000;

/** The handle in the place of a tool's answer: `CreateTaskResult` of the extension. */
export function toCreatedTask(task: CallTask): CallToolResult {
  // the SDK types tools/call by the core revision, whose open result carries the extension's
  return { resultType: 'task', ...seedOf(task) } as unknown as CallToolResult;
}

/**
 * What `tasks/get` answers: the state, with what the task asks of the client, or the tool's answer once there is one.
 */
export function toDetailedTask(task: CallTask, questions?: InputRequests): Result {
  const seed = seedOf(task);
  if (task.status === 'working' && questions) return { ...seed, status: 'input_required', inputRequests: questions };
  if (task.status === 'completed')
    return { ...seed, result: { ...resultOf(task.answer ?? {}), resultType: 'complete' } };
  if (task.status === 'refused') {
    const { kind, code, message, errors } = task.problem!;
    const result = problemResult(new AppError(kind as ErrorKind, code, message, { errors }), task.task_id);
    return { ...seed, result: { ...result, resultType: 'complete' } };
  }
  if (task.status === 'failed') {
    return {
      ...seed,
      error: {
        code: ProtocolErrorCode.InternalError,
        message: task.problem!.message,
        data: { code: task.problem!.code },
      },
    };
  }
  return seed;
}

function seedOf({ task_id, status, message, created_at, updated_at }: CallTask) {
  return {
    taskId: task_id,
    // an operation that says no has answered
    status: status === 'refused' ? 'completed' : status,
    ...(message !== null && { statusMessage: message }),
    createdAt: created_at,
    lastUpdatedAt: updated_at,
    ttlMs: TASK_TTL_MS,
    pollIntervalMs: POLL_INTERVAL_MS,
  };
}
