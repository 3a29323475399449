import {
  type CallToolResult,
  type InputRequiredResult,
  isInputRequiredResult,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type Result,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { AppError } from '../../errors/index.js';
import type { JsonSchema } from '../../operations/index.js';
import { Log } from '../../telemetry/index.js';
import { CallJournal, statusOf, targetOfUri, toAppError } from '../wire/index.js';
import { Changes } from './changes/changes.js';
import type { Reader } from './changes/reader.js';
import { watchFor } from './changes/watch-for.js';
import { completionOf, pageOf } from './lists.js';
import { type McpCaller, Offerings } from './offerings.js';
import { statusOfProtocolError, toProtocolError } from './protocol-error.js';
import { OfferedResources } from './resources/offered-resources.js';
import { CallTasks } from './tasks/call-tasks.js';
import { requireTasks, TaskQuestions, toDetailedTask } from './tasks/task-answers.js';
import { PROBLEM, problemResult } from './tools/tool-result.js';

export interface HandlerChoice {
  readonly callerOf: (context: ServerContext) => McpCaller;
  readonly reader: Reader;
  readonly isModern: boolean;
  readonly transport: 'HTTP' | 'stdio';
  readonly listensTo?: ReadonlySet<string>;
}

type Params = Record<string, unknown> | undefined;
const LIST = z.looseObject({ cursor: z.string().optional() });
const RESOURCE = z.looseObject({ uri: z.string() });
const PROMPT = z.looseObject({ name: z.string(), arguments: z.record(z.string(), z.string()).optional() });
const COMPLETION = z.looseObject({
  ref: z.discriminatedUnion('type', [
    z.object({ type: z.literal('ref/prompt'), name: z.string() }),
    z.object({ type: z.literal('ref/resource'), uri: z.string() }),
  ]),
  argument: z.object({ name: z.string(), value: z.string() }),
  context: z.object({ arguments: z.record(z.string(), z.string()).optional() }).optional(),
});
const TASK = z.looseObject({ taskId: z.string().max(200) });
/** The SDK would call a malformed request our own fault, so it is given this and the check is made here. */
const UNCHECKED = z.looseObject({});
const OK = 200;

/** Methods whose calls are recorded here; the SDK answers the others. */
export const HANDLED_METHODS: ReadonlySet<string> = new Set([
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'tasks/get',
  'tasks/update',
  'tasks/cancel',
]);

/** Answers the protocol's requests from what is offered. Every call has its row in the journal of calls. */
@Injectable()
export class McpHandlers {
  constructor(
    private readonly offerings: Offerings,
    private readonly resources: OfferedResources,
    private readonly changes: Changes,
    private readonly tasks: CallTasks,
    private readonly questions: TaskQuestions,
    private readonly journal: CallJournal,
    private readonly log: Log,
  ) {}

  /** For the SDK's check of the headers that a tool asks for. */
  inputSchemaOf(tool: string): JsonSchema | undefined {
    return this.offerings.tool(tool)?.definition.inputSchema as JsonSchema | undefined;
  }

  install(server: McpServer, choice: HandlerChoice): void {
    this.installTools(server, choice);
    this.installResources(server, choice);
    this.installPrompts(server, choice);
    if (choice.isModern) this.installTasks(server, choice);
  }

  private installTools(mcp: McpServer, choice: HandlerChoice): void {
    this.handle(mcp, choice, 'tools/list', LIST, ({ cursor }, { principal, tools }) => {
      const { page, nextCursor } = pageOf(
        this.offerings.tools(principal, tools),
        ({ definition }) => definition.name,
        cursor,
      );
      return { tools: page.map(({ definition }) => definition), ...(nextCursor !== undefined && { nextCursor }) };
    });
    // the SDK checks the parameters of this one itself
    mcp.server.setRequestHandler('tools/call', ({ params }, context) => {
      const tool = this.offerings.tool(params.name);
      const call = async (caller: McpCaller): Promise<CallToolResult | InputRequiredResult> => {
        if (!tool)
          throw new ProtocolError(ProtocolErrorCode.InvalidParams, `there is no tool "${params.name.slice(0, 100)}"`, {
            code: 'unknown_tool',
          });
        const result = await tool.call(params.arguments ?? {}, caller);
        return isInputRequiredResult(result)
          ? result
          : mcp.server.projectCallToolResult(result, tool.definition.outputSchema);
      };
      const refuse = (error: AppError, { requestId }: McpCaller) => problemResult(error, requestId);
      return this.answer('tools/call', params, context, choice, call, { target: tool?.target, refuse });
    });
  }

  private installResources(mcp: McpServer, choice: HandlerChoice): void {
    this.handle(mcp, choice, 'resources/list', LIST, async ({ cursor }, caller) => {
      const { page: resources, nextCursor } = pageOf(await this.resources.list(caller), ({ uri }) => uri, cursor);
      return { resources, ...(nextCursor !== undefined && { nextCursor }) };
    });
    this.handle(mcp, choice, 'resources/templates/list', LIST, ({ cursor }, { principal }) => {
      const { page, nextCursor } = pageOf(
        this.offerings.templates(principal),
        ({ definition }) => definition.uriTemplate,
        cursor,
      );
      return {
        resourceTemplates: page.map(({ definition }) => definition),
        ...(nextCursor !== undefined && { nextCursor }),
      };
    });
    this.handle(mcp, choice, 'resources/read', RESOURCE, ({ uri }, caller) => this.resources.read(uri, caller));
    const watch = watchFor(mcp, this.changes, choice);
    this.handle(mcp, choice, 'resources/subscribe', RESOURCE, async ({ uri }, caller) => {
      this.resources.check(uri, caller);
      await watch.add(uri);
      return {};
    });
    this.handle(mcp, choice, 'resources/unsubscribe', RESOURCE, ({ uri }) => {
      watch.remove(uri);
      return {};
    });
  }

  private installPrompts(mcp: McpServer, choice: HandlerChoice): void {
    this.handle(mcp, choice, 'prompts/list', LIST, ({ cursor }, { principal }) => {
      const { page, nextCursor } = pageOf(
        this.offerings.prompts(principal),
        ({ definition }) => definition.name,
        cursor,
      );
      return { prompts: page.map(({ definition }) => definition), ...(nextCursor !== undefined && { nextCursor }) };
    });
    this.handle(mcp, choice, 'prompts/get', PROMPT, ({ name, arguments: args = {} }, caller) => {
      const prompt = this.offerings.prompt(name);
      if (!prompt)
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `there is no prompt "${name.slice(0, 100)}"`, {
          code: 'unknown_prompt',
        });
      const missing = (prompt.definition.arguments ?? [])
        .filter((each) => each.required && !args[each.name])
        .map((each) => each.name);
      if (missing.length > 0)
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `arguments: ${missing.join(', ')} must be given`);
      return prompt.get(args, caller);
    });
    this.handle(mcp, choice, 'completion/complete', COMPLETION, (params, caller) =>
      completionOf(params, this.offerings, caller),
    );
  }

  private installTasks(mcp: McpServer, choice: HandlerChoice): void {
    const find = async (taskId: string, caller: McpCaller) => {
      requireTasks(caller);
      const task = await this.tasks.get(taskId, caller.principal.id);
      if (!task)
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `there is no task "${taskId}"`, {
          code: 'task_not_found',
        });
      return task;
    };
    this.handle(mcp, choice, 'tasks/get', TASK, async ({ taskId }, caller) =>
      toDetailedTask(await find(taskId, caller), this.questions.pendingOf(taskId)),
    );
    this.handle(mcp, choice, 'tasks/cancel', TASK, async ({ taskId }, caller) => {
      await find(taskId, caller);
      await this.tasks.cancel(taskId, caller.principal.id);
      return {};
    });
    this.handle(mcp, choice, 'tasks/update', TASK, async ({ taskId }, caller) => {
      await find(taskId, caller);
      this.questions.answer(taskId, caller.mcp.mcpReq.inputResponses);
      return {};
    });
  }

  private handle<S extends z.ZodType<object>>(
    { server }: McpServer,
    choice: HandlerChoice,
    method: string,
    shape: S,
    work: (params: z.output<S>, caller: McpCaller) => Result | Promise<Result>,
  ): void {
    server.setRequestHandler(method, { params: UNCHECKED }, (params, context) =>
      this.answer(method, params, context, choice, (caller) => work(checked(shape, params), caller), {
        target: targetOfUri(params.uri),
      }),
    );
  }

  private async answer<T>(
    method: string,
    params: Params,
    context: ServerContext,
    { callerOf, transport }: HandlerChoice,
    work: (caller: McpCaller) => T | Promise<T>,
    { target, refuse }: { target?: string | undefined; refuse?: (error: AppError, caller: McpCaller) => T } = {},
  ): Promise<T> {
    const started = performance.now();
    const caller = callerOf(context);
    let status = OK;
    try {
      const answer = await work(caller);
      status = problemStatusOf(answer) ?? OK;
      if (status !== OK) tellLog(context, method, status);
      return answer;
    } catch (exception) {
      if (exception instanceof ProtocolError) {
        status = statusOfProtocolError(exception);
        throw exception;
      }
      const error = toAppError(exception);
      status = statusOf(error);
      if (error.kind === 'internal')
        this.log.error({ error: exception, request_id: caller.requestId, method }, 'a call failed');
      if (!refuse) throw toProtocolError(error, caller.requestId);
      tellLog(context, method, status);
      return refuse(error, caller);
    } finally {
      const duration = performance.now() - started;
      this.journal.record({ transport, method, params, status, duration, principal: caller.principal, target });
    }
  }
}

/** @throws ProtocolError invalid params that names the field and the reason */
function checked<S extends z.ZodType>(shape: S, params: unknown): z.output<S> {
  const { success, data, error } = shape.safeParse(params);
  if (success) return data;
  const [{ path, message }] = error.issues as [z.core.$ZodIssue];
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, `params.${path.join('.')}: ${message}`, {
    code: 'invalid_request',
  });
}

/** For clients that asked for the log; the answer itself says what was wrong. */
function tellLog({ mcpReq }: ServerContext, method: string, status: number): void {
  mcpReq.log(status >= 500 ? 'error' : 'warning', { method, status }, 'herald').catch(() => undefined);
}

/** A tool that answers with a problem has answered, but the call is not counted as a success. */
function problemStatusOf(answer: unknown): number | undefined {
  const meta = (answer as { _meta?: Record<string, unknown> } | null)?._meta;
  return (meta?.[PROBLEM] as { status?: number } | undefined)?.status;
}
