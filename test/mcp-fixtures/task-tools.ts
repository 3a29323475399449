import { setTimeout as sleep } from 'node:timers/promises';
import { acceptedContent, type InputRequests, inputRequired } from '@modelcontextprotocol/server';
import { AppError } from '../../src/errors/index.js';
import {
  type CallTask,
  type CallTasks,
  knowsTasks,
  type McpCaller,
  type McpTool,
  requireTasks,
  resultOf,
  type TaskQuestions,
  toCreatedTask,
} from '../../src/doors/mcp/index.js';
import { fixtureTool } from './fixture-tool.js';
import { CONFIRM_FORM, NAME_FORM } from './form-schemas.js';

interface TaskTools {
  readonly tasks: CallTasks;
  readonly questions: TaskQuestions;
}

const FAILS_AFTER_MS = 1_000;
const COMPUTE_SCHEMA = {
  type: 'object' as const,
  properties: { seconds: { type: 'number' }, label: { type: 'string' } },
  required: ['seconds'],
};
const FILE_SCHEMA = { type: 'object' as const, properties: { filename: { type: 'string' } }, required: ['filename'] };
const nameQuestion = (message: string) => inputRequired.elicit({ message, requestedSchema: NAME_FORM });

/** Tools whose answer is a task (SEP-2663), for clients that know what one is. */
export function taskTools({ tasks, questions }: TaskTools): McpTool[] {
  /** @param work is given the task's id once there is one, and the signal of its cancellation */
  const start = async (
    name: string,
    { principal }: McpCaller,
    work: (task: Promise<CallTask>, signal: AbortSignal) => Promise<object>,
  ) => {
    const controller = new AbortController();
    let announce: (task: CallTask) => void = () => undefined;
    const started = new Promise<CallTask>((resolve) => (announce = resolve));
    const task = await tasks.start({
      operation: name,
      principalId: principal.id,
      controller,
      run: () => work(started, controller.signal),
    });
    announce(task);
    return toCreatedTask(task);
  };
  const ask = async (task: Promise<CallTask>, inputRequests: InputRequests, signal: AbortSignal) => {
    return questions.ask((await task).task_id, inputRequests, signal);
  };
  const compute = async (seconds: number, signal: AbortSignal) => {
    await sleep(seconds * 1000, undefined, { signal });
    return { computed: true, seconds };
  };
  return [
    fixtureTool(
      'slow_compute',
      'Takes as many seconds as it is told',
      async ({ seconds }, caller) => {
        const duration = Number(seconds);
        if (!knowsTasks(caller)) return resultOf(await compute(duration, caller.mcp.mcpReq.signal));
        return start('slow_compute', caller, (_, signal) => compute(duration, signal));
      },
      COMPUTE_SCHEMA,
    ),
    fixtureTool('failing_job', 'Says no after a second', async (_, caller) => {
      requireTasks(caller);
      return start('failing_job', caller, async (_task, signal) => {
        await sleep(FAILS_AFTER_MS, undefined, { signal });
        throw new AppError('conflict', 'failing_job', 'this job always fails');
      });
    }),
    fixtureTool('protocol_error_job', 'Breaks', async (_, caller) => {
      requireTasks(caller);
      return start('protocol_error_job', caller, async () => {
        throw new AppError('internal', 'protocol_error_job', 'this job always breaks');
      });
    }),
    fixtureTool(
      'confirm_delete',
      'Asks before it would delete',
      async ({ filename }, caller) => {
        requireTasks(caller);
        return start('confirm_delete', caller, async (task, signal) => {
          const question = inputRequired.elicit({
            message: `Delete ${String(filename)}?`,
            requestedSchema: CONFIRM_FORM,
          });
          return { filename, answers: await ask(task, { confirm: question }, signal) };
        });
      },
      FILE_SCHEMA,
    ),
    fixtureTool('multi_input', 'Asks two things at once', async (_, caller) => {
      requireTasks(caller);
      return start('multi_input', caller, async (task, signal) => ({
        answers: await ask(
          task,
          { first: nameQuestion('Who is first?'), second: nameQuestion('Who is second?') },
          signal,
        ),
      }));
    }),
    fixtureTool('test_tool_with_task', 'Asks first, then becomes a task', async (_, caller) => {
      requireTasks(caller);
      const name = acceptedContent(caller.mcp.mcpReq.inputResponses, 'user_name')?.name;
      if (typeof name !== 'string')
        return inputRequired({ inputRequests: { user_name: nameQuestion('What is your name?') } });
      return start('test_tool_with_task', caller, async () => ({ greeting: `Hello, ${name}!` }));
    }),
  ];
}
