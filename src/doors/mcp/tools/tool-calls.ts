import {
  type CallToolResult,
  inputRequired,
  type InputRequiredResult,
  inputResponse,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/index.js';
import { AppError } from '../../../errors/index.js';
import {
  type CallOptions,
  OperationBus,
  type ProgressListener,
  type RegisteredOperation,
} from '../../../operations/index.js';
import type { McpCaller } from '../offerings.js';
import { CallTasks } from '../tasks/call-tasks.js';
import { knowsTasks, toCreatedTask } from '../tasks/task-answers.js';
import { problemResult, resultOf } from './tool-result.js';

/** Members of a request's `_meta` that this door understands. */
export const IDEMPOTENCY_KEY = 'herald/idempotencyKey';
export const IF_MATCH = 'herald/ifMatch';

/**
 * How the bus is called for a tool call: in the caller's name, with what `_meta` says, and with its cancellation.
 * @throws ProtocolError invalid params for a `_meta` member that is no text
 */
export function callOptions({ principal, requestId, mcp }: McpCaller): CallOptions {
  const meta = mcp.mcpReq._meta ?? {};
  const idempotencyKey = textIn(meta, IDEMPOTENCY_KEY);
  const ifMatch = textIn(meta, IF_MATCH);
  return {
    principal,
    requestId,
    door: 'mcp',
    signal: mcp.mcpReq.signal,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(ifMatch !== undefined && { ifMatch }),
  };
}

function textIn(meta: Record<string, unknown>, name: string): string | undefined {
  const value = meta[name];
  if (value === undefined || (typeof value === 'string' && value.length > 0 && value.length <= 200)) return value;
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, `_meta["${name}"]: must be a text of 1 to 200 characters`);
}

/** What `approval.request` answers. */
interface RequestedApproval {
  approval_id: string;
  status: 'pending' | 'executed' | 'rejected' | 'expired' | 'lapsed' | 'failed';
  expires_at: string;
  reason?: string;
  result?: Record<string, unknown>;
}

/** The key of the one question; its answer says only that the person was shown the address. */
const QUESTION = 'approval';

/**
 * Destructive tools. Such a call asks for an approval, or finds the one that it asked for before; a person decides in
 * the inbox, signed in as themselves. What the client answers to the elicitation is never taken for a yes: a model
 * could have written it.
 */
@Injectable()
export class ConfirmedCalls {
  constructor(
    private readonly operations: OperationBus,
    private readonly settings: Settings,
  ) {}

  async run(
    { name }: RegisteredOperation,
    input: Record<string, unknown>,
    caller: McpCaller,
  ): Promise<CallToolResult | InputRequiredResult> {
    // each round is a call of its own: a stored answer would say "pending" for ever
    const { idempotencyKey: _, ...options } = callOptions(caller);
    const approval = await this.operations.call<RequestedApproval>(
      'approval.request',
      { operation: name, input },
      options,
    );
    if (approval.status === 'executed') return resultOf(approval.result ?? {});
    if (approval.status !== 'pending')
      return problemResult(refusalOf(approval), caller.requestId, { approval_id: approval.approval_id });
    const wasAsked = inputResponse(caller.mcp.mcpReq.inputResponses, QUESTION).kind !== 'missing';
    return wasAsked || !canShowAddress(caller) ? this.pendingResult(approval, caller) : this.question(name, approval);
  }

  private question(operation: string, { approval_id, expires_at }: RequestedApproval): InputRequiredResult {
    const message = `"${operation}" needs a person's yes. Open the inbox, sign in and decide about ${approval_id}; it expires at ${expires_at}.`;
    return inputRequired({
      inputRequests: { [QUESTION]: inputRequired.elicitUrl({ message, url: this.addressOf(approval_id) }) },
    });
  }

  private pendingResult({ approval_id, expires_at }: RequestedApproval, { requestId }: McpCaller): CallToolResult {
    const url = this.addressOf(approval_id);
    const detail = `nothing was done yet: a person has to confirm it at ${url}; make the same call again after that, until ${expires_at}`;
    const more = { approval_id, approval_url: url, expires_at };
    return problemResult(new AppError('conflict', 'approval_pending', detail), requestId, more);
  }

  private addressOf(approvalId: string): string {
    return `${this.settings.publicUrl}/#/inbox/approval/${encodeURIComponent(approvalId)}`;
  }
}

function canShowAddress({ capabilities }: McpCaller): boolean {
  return capabilities?.elicitation?.url !== undefined;
}

function refusalOf({ approval_id, status, reason }: RequestedApproval): AppError {
  const why = reason === undefined ? '' : `: ${reason}`;
  return new AppError(
    'conflict',
    `approval_${status}`,
    `nothing was done, the approval ${approval_id} is ${status}${why}; the same call asks anew`,
  );
}

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
