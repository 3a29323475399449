import { Injectable } from '@nestjs/common';
import {
  type CallToolResult, type CompleteRequest, type InputRequiredResult, type McpServer, ProtocolError, ProtocolErrorCode, type ServerContext,
  isInputRequiredResult,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { type AppError, CallTasks, type JsonSchema } from '../../operations/index.js';
import { Log } from '../../telemetry/index.js';
import { CallJournal, statusOf, targetOfUri, toAppError } from '../json-rpc/index.js';
import { Changes } from './changes/changes.js';
import type { Reader } from './changes/reader.js';
import { watchFor } from './changes/watch-for.js';
import { completionOf } from './completion-of.js';
import type { McpCaller } from './offering.js';
import { Offerings } from './offerings.js';
import { pageOf } from './page-of.js';
import { statusOfProtocolError, toProtocolError } from './protocol-error.js';
import { OfferedResources } from './resources/offered-resources.js';
import { requireTasks } from './tasks/knows-tasks.js';
import { toDetailedTask } from './tasks/task-answers.js';
import { TaskQuestions } from './tasks/task-questions.js';
import { PROBLEM, problemResult } from './tools/tool-result.js';

export interface HandlerChoice {
  readonly callerOf: (context: ServerContext) => McpCaller;
  readonly reader: Reader;
  readonly isModern: boolean;
  readonly transport: 'HTTP' | 'stdio';
  readonly listensTo?: ReadonlySet<string>;
}

type Params = Record<string, unknown> | undefined;
const taskParams = z.object({ taskId: z.string().max(200) });
const OK = 200;

/** Methods whose calls are recorded here; the SDK answers the others. */
export const HANDLED_METHODS: ReadonlySet<string> = new Set([
  'tools/list', 'tools/call', 'resources/list', 'resources/templates/list', 'resources/read', 'resources/subscribe', 'resources/unsubscribe',
  'prompts/list', 'prompts/get', 'completion/complete', 'tasks/get', 'tasks/update', 'tasks/cancel',
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

  private installTools({ server }: McpServer, choice: HandlerChoice): void {
    server.setRequestHandler('tools/list', ({ params }, context) => this.answer('tools/list', params, context, choice, ({ principal }) => {
      const { page, nextCursor } = pageOf(this.offerings.tools(principal), ({ definition }) => definition.name, params?.cursor);
      return { tools: page.map(({ definition }) => definition), ...(nextCursor !== undefined && { nextCursor }) };
    }));
    server.setRequestHandler('tools/call', ({ params }, context) => {
      const tool = this.offerings.tool(params.name);
      const call = async (caller: McpCaller): Promise<CallToolResult | InputRequiredResult> => {
        if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `there is no tool "${params.name.slice(0, 100)}"`, { code: 'unknown_tool' });
        const result = await tool.call(params.arguments ?? {}, caller);
        return isInputRequiredResult(result) ? result : server.projectCallToolResult(result, tool.definition.outputSchema);
      };
      const refuse = (error: AppError, { requestId }: McpCaller) => problemResult(error, requestId);
      return this.answer('tools/call', params, context, choice, call, { target: tool?.target, refuse });
    });
  }

  private installResources(mcp: McpServer, choice: HandlerChoice): void {
    const { server } = mcp;
    server.setRequestHandler('resources/list', ({ params }, context) => this.answer('resources/list', params, context, choice, async (caller) => {
      const { page: resources, nextCursor } = pageOf(await this.resources.list(caller), ({ uri }) => uri, params?.cursor);
      return { resources, ...(nextCursor !== undefined && { nextCursor }) };
    }));
    server.setRequestHandler('resources/templates/list', ({ params }, context) => (
      this.answer('resources/templates/list', params, context, choice, ({ principal }) => {
        const { page, nextCursor } = pageOf(this.offerings.templates(principal), ({ definition }) => definition.uriTemplate, params?.cursor);
        return { resourceTemplates: page.map(({ definition }) => definition), ...(nextCursor !== undefined && { nextCursor }) };
      })
    ));
    server.setRequestHandler('resources/read', ({ params: { uri, ...params } }, context) => (
      this.answer('resources/read', { uri, ...params }, context, choice, (caller) => this.resources.read(uri, caller), { target: targetOfUri(uri) })
    ));
    const watch = watchFor(mcp, this.changes, choice);
    server.setRequestHandler('resources/subscribe', ({ params }, context) => this.answer('resources/subscribe', params, context, choice, async (caller) => {
      this.resources.check(params.uri, caller);
      await watch.add(params.uri);
      return {};
    }, { target: targetOfUri(params.uri) }));
    server.setRequestHandler('resources/unsubscribe', ({ params }, context) => this.answer('resources/unsubscribe', params, context, choice, () => {
      watch.remove(params.uri);
      return {};
    }, { target: targetOfUri(params.uri) }));
  }

  private installPrompts({ server }: McpServer, choice: HandlerChoice): void {
    server.setRequestHandler('prompts/list', ({ params }, context) => this.answer('prompts/list', params, context, choice, ({ principal }) => {
      const { page, nextCursor } = pageOf(this.offerings.prompts(principal), ({ definition }) => definition.name, params?.cursor);
      return { prompts: page.map(({ definition }) => definition), ...(nextCursor !== undefined && { nextCursor }) };
    }));
    server.setRequestHandler('prompts/get', ({ params }, context) => this.answer('prompts/get', params, context, choice, async (caller) => {
      const prompt = this.offerings.prompt(params.name);
      if (!prompt) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `there is no prompt "${params.name.slice(0, 100)}"`, { code: 'unknown_prompt' });
      const args = params.arguments ?? {};
      const missing = (prompt.definition.arguments ?? []).filter(({ name, required }) => required && !args[name]).map(({ name }) => name);
      if (missing.length > 0) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `arguments: ${missing.join(', ')} must be given`);
      return prompt.get(args, caller);
    }));
    server.setRequestHandler('completion/complete', ({ params }: CompleteRequest, context) => (
      this.answer('completion/complete', params, context, choice, (caller) => completionOf(params, this.offerings, caller))
    ));
  }

  private installTasks({ server }: McpServer, choice: HandlerChoice): void {
    const find = async (taskId: string, caller: McpCaller) => {
      requireTasks(caller);
      const task = await this.tasks.get(taskId, caller.principal.id);
      if (!task) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `there is no task "${taskId}"`, { code: 'task_not_found' });
      return task;
    };
    server.setRequestHandler('tasks/get', { params: taskParams }, (params, context) => (
      this.answer('tasks/get', params, context, choice, async (caller) => (
        toDetailedTask(await find(params.taskId, caller), this.questions.pendingOf(params.taskId))
      ))
    ));
    server.setRequestHandler('tasks/cancel', { params: taskParams }, (params, context) => (
      this.answer('tasks/cancel', params, context, choice, async (caller) => {
        await find(params.taskId, caller);
        await this.tasks.cancel(params.taskId, caller.principal.id);
        return {};
      })
    ));
    server.setRequestHandler('tasks/update', { params: taskParams }, (params, context) => (
      this.answer('tasks/update', params, context, choice, async (caller) => {
        await find(params.taskId, caller);
        this.questions.answer(params.taskId, context.mcpReq.inputResponses);
        return {};
      })
    ));
  }

  private async answer<T>(
    method: string, params: Params, context: ServerContext, { callerOf, transport }: HandlerChoice, work: (caller: McpCaller) => T | Promise<T>,
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
      if (error.kind === 'internal') this.log.error({ error: exception, request_id: caller.requestId, method }, 'a call failed');
      if (!refuse) throw toProtocolError(error, caller.requestId);
      tellLog(context, method, status);
      return refuse(error, caller);
    } finally {
      const duration = performance.now() - started;
      this.journal.record({ transport, method, params, status, duration, principal: caller.principal, target });
    }
  }
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
