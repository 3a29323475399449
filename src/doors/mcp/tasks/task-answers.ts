import {
  type CallToolResult,
  type InputRequests,
  inputResponse,
  MissingRequiredClientCapabilityError,
  ProtocolErrorCode,
  type Result,
} from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { AppError, type ErrorKind } from '../../../errors/index.js';
import type { McpCaller } from '../offerings.js';
import { problemResult, resultOf } from '../tools/tool-result.js';
import type { CallTask } from './call-task.entity.js';
import { TASK_TTL_MS } from './call-tasks.js';

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

/** Whether the client said, with this request, that it can do with a task in the place of an answer. */
export function knowsTasks({ isModern, capabilities }: Pick<McpCaller, 'isModern' | 'capabilities'>): boolean {
  return isModern && capabilities?.extensions?.[TASKS_EXTENSION] !== undefined;
}

/** @throws ProtocolError missing capability for a client that does not know tasks */
export function requireTasks(caller: McpCaller): void {
  if (knowsTasks(caller)) return;
  throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } });
}

type Answers = Record<string, unknown>;

interface OpenQuestions {
  /** What has not been answered yet. */
  readonly pending: InputRequests;
  readonly answers: Answers;
  readonly finish: (answers: Answers) => void;
}

/**
 * What running tasks ask of their clients: `input_required` in the tasks extension. Kept in the process that runs the
 * task.
 */
@Injectable()
export class TaskQuestions {
  private readonly open = new Map<string, OpenQuestions>();

  /**
   * Resolves with the answers once every question has one. @throws the signal's reason when the task is cancelled
   * meanwhile
   */
  async ask(taskId: string, questions: InputRequests, signal: AbortSignal): Promise<Answers> {
    signal.throwIfAborted();
    let stop: () => void = () => undefined;
    try {
      return await new Promise<Answers>((finish, reject) => {
        stop = () => reject(signal.reason as Error);
        signal.addEventListener('abort', stop, { once: true });
        this.open.set(taskId, { pending: { ...questions }, answers: {}, finish });
      });
    } finally {
      signal.removeEventListener('abort', stop);
      this.open.delete(taskId);
    }
  }

  /** The questions that are still open; undefined when there are none. */
  pendingOf(taskId: string): InputRequests | undefined {
    return this.open.get(taskId)?.pending;
  }

  /** Takes what answers an open question. The extension has the rest ignored. */
  answer(taskId: string, responses: Answers | undefined): void {
    const open = this.open.get(taskId);
    if (!open) return;
    for (const key of Object.keys(open.pending).filter((each) => inputResponse(responses, each).kind !== 'missing')) {
      open.answers[key] = responses![key];
      delete open.pending[key];
    }
    if (Object.keys(open.pending).length === 0) open.finish(open.answers);
  }
}
