import { Injectable } from '@nestjs/common';
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { CallOptions, ProgressListener, RegisteredOperation } from '../../../operations/index.js';
import { CallTasks } from '../tasks/call-tasks.js';
import type { McpCaller } from '../offering.js';
import { knowsTasks } from '../tasks/knows-tasks.js';
import { toCreatedTask } from '../tasks/task-answers.js';
import { resultOf } from './tool-result.js';

/** A call that takes longer than this becomes a task, for callers that know what one is. */
const PATIENCE_MS = 3_000;

type Call = (options: Pick<CallOptions, 'signal'> & { onProgress?: ProgressListener }) => Promise<object>;

/**
 * Calls that may take long. A client that knows the tasks extension is given a task in the place of the answer: at
 * once for an operation that is long by nature, for any other when it turns out to be slow. Everybody else waits.
 */
@Injectable()
export class TaskedCalls {
  constructor(private readonly tasks: CallTasks) {}

  async run({ name, kind }: RegisteredOperation, call: Call, caller: McpCaller): Promise<CallToolResult> {
    if (!knowsTasks(caller)) return withEnds(call, caller).then(resultOf);
    const { signal } = caller.mcp.mcpReq;
    const controller = new AbortController();
    const cancel = () => controller.abort(signal.reason);
    signal.addEventListener('abort', cancel, { once: true });
    let report: (message: string) => void = () => undefined;
    const begin = () =>
      call({ signal: controller.signal, onProgress: (done, total, message) => report(describe(done, total, message)) });
    const work = kind === 'task' ? undefined : begin();
    const answer = work && (await Promise.race([work, afterPatience()]));
    if (answer) return resultOf(answer);
    // from here on the request's end is not the call's
    signal.removeEventListener('abort', cancel);
    const run = (listener: (message: string) => void) => {
      report = listener;
      return work ?? begin();
    };
    try {
      return toCreatedTask(
        await this.tasks.start({ operation: name, principalId: caller.principal.id, controller, run }),
      );
    } catch (error) {
      controller.abort(error);
      await work?.catch(() => undefined);
      throw error;
    }
  }
}

/** Says at least that the call has begun and that it has ended. */
async function withEnds(call: Call, { mcp, progress }: McpCaller): Promise<object> {
  const { signal } = mcp.mcpReq;
  if (!progress) return call({ signal });
  let furthest = 0;
  progress(0);
  const answer = await call({
    signal,
    onProgress: (done, ...more) => {
      furthest = Math.max(furthest, done);
      progress(done, ...more);
    },
  });
  if (furthest === 0) progress(1, 1);
  return answer;
}

function describe(done: number, total: number | undefined, message: string | undefined): string {
  const count = total === undefined ? String(done) : `${done} of ${total}`;
  return message === undefined ? count : `${message} (${count})`;
}

function afterPatience(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), PATIENCE_MS).unref());
}
