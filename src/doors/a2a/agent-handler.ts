import {
  type AgentCard,
  type CancelTaskRequest,
  type DeleteTaskPushNotificationConfigRequest,
  type GetExtendedAgentCardRequest,
  type GetTaskPushNotificationConfigRequest,
  type GetTaskRequest,
  type ListTaskPushNotificationConfigsRequest,
  type ListTaskPushNotificationConfigsResponse,
  type ListTasksRequest,
  type ListTasksResponse,
  type SendMessageRequest,
  type StreamResponse,
  type SubscribeToTaskRequest,
  Task,
  type TaskPushNotificationConfig,
} from '@a2a-js/sdk';
import { RequestMalformedError, TaskNotFoundError, UnsupportedOperationError } from '@a2a-js/sdk/errors';
import type { A2ARequestHandler } from '@a2a-js/sdk/server';
import { Injectable } from '@nestjs/common';
import { unauthenticated } from '../../errors/index.js';
import { OpenStreams, toAppError } from '../wire/index.js';
import type { Agent } from './agents/agents.js';
import { AgentCards } from './cards/agent-cards.js';
import type { A2aCall } from './http/a2a-call.js';
import { PushConfigs, toWireConfig } from './push/push-configs.js';
import type { A2aTask } from './tasks/a2a-task.entities.js';
import { TaskChanges } from './tasks/task-changes.js';
import { TaskIntake } from './tasks/task-intake.js';
import { TaskLists } from './tasks/task-lists.js';
import { TaskLog } from './tasks/task-log.js';
import { TaskStream } from './tasks/task-stream.js';

/** What every agent's handler works with. */
@Injectable()
export class HandlerParts {
  constructor(
    readonly cards: AgentCards,
    readonly intake: TaskIntake,
    readonly log: TaskLog,
    readonly lists: TaskLists,
    readonly changes: TaskChanges,
    readonly stream: TaskStream,
    readonly open: OpenStreams,
    readonly pushConfigs: PushConfigs,
  ) {}
}

/**
 * The protocol's methods for one agent, over durable tasks. It takes the place of the SDK's own handler, whose tasks
 * live as long as the process and the request that made them. A caller sees its own tasks of this agent; any other id
 * is not found.
 */
export class AgentHandler implements A2ARequestHandler {
  constructor(
    private readonly agent: Agent,
    private readonly parts: HandlerParts,
  ) {}

  getAgentCard(): Promise<AgentCard> {
    return this.parts.cards.of(this.agent);
  }

  getAuthenticatedExtendedAgentCard(_: GetExtendedAgentCardRequest, call: A2aCall): Promise<AgentCard> {
    return this.parts.cards.extendedFor(this.agent, call.principal);
  }

  async sendMessage(request: SendMessageRequest, call: A2aCall): Promise<Task> {
    const { configuration } = request;
    const taken = await this.parts.intake.take(this.agent, request, call);
    const task = configuration?.returnImmediately ? taken : await this.parts.stream.untilAtRest(taken, call);
    return snapshot(task, configuration?.historyLength);
  }

  async *sendMessageStream(
    request: SendMessageRequest,
    call: A2aCall,
  ): AsyncGenerator<StreamResponse, void, undefined> {
    const leave = this.enter(call);
    try {
      const task = await this.parts.intake.take(this.agent, request, call);
      yield* this.parts.stream.ofMessage(task, call, (row) => snapshot(row, request.configuration?.historyLength));
    } finally {
      leave();
    }
  }

  async getTask({ id, historyLength }: GetTaskRequest, call: A2aCall): Promise<Task> {
    return snapshot(await this.own(id, call), historyLength);
  }

  listTasks(request: ListTasksRequest, call: A2aCall): Promise<ListTasksResponse> {
    return this.parts.lists.list(this.agent, request, call);
  }

  async cancelTask({ id }: CancelTaskRequest, call: A2aCall): Promise<Task> {
    return snapshot(await this.parts.changes.cancel((await this.own(id, call)).task_id));
  }

  async *resubscribe({ id }: SubscribeToTaskRequest, call: A2aCall): AsyncGenerator<StreamResponse, void, undefined> {
    const leave = this.enter(call);
    try {
      yield* this.parts.stream.ofSubscription(await this.own(id, call), call);
    } finally {
      leave();
    }
  }

  async createTaskPushNotificationConfig(
    wanted: TaskPushNotificationConfig,
    call: A2aCall,
  ): Promise<TaskPushNotificationConfig> {
    const task = await this.own(wanted.taskId, call);
    const config = await this.parts.pushConfigs.check(wanted, call);
    return toWireConfig(await this.parts.changes.tell(task.task_id, config));
  }

  async getTaskPushNotificationConfig(
    { taskId, id }: GetTaskPushNotificationConfigRequest,
    call: A2aCall,
  ): Promise<TaskPushNotificationConfig> {
    const task = await this.own(taskId, call);
    const config = await this.parts.pushConfigs.get(task.task_id, id);
    if (!config) throw new TaskNotFoundError(`Task ${taskId} has no push notification config "${id}"`);
    return toWireConfig(config);
  }

  async listTaskPushNotificationConfigs(
    { taskId }: ListTaskPushNotificationConfigsRequest,
    call: A2aCall,
  ): Promise<ListTaskPushNotificationConfigsResponse> {
    const task = await this.own(taskId, call);
    return { configs: (await this.parts.pushConfigs.list(task.task_id)).map(toWireConfig), nextPageToken: '' };
  }

  async deleteTaskPushNotificationConfig(
    { taskId, id }: DeleteTaskPushNotificationConfigRequest,
    call: A2aCall,
  ): Promise<void> {
    const task = await this.own(taskId, call);
    await this.parts.changes.tellNoMore(task.task_id, id);
  }

  /** @throws UnsupportedOperationError where there are too many streams */
  private enter(call: A2aCall): () => void {
    const { credentials, principal } = call;
    try {
      this.parts.open.refuseTooMany('a2a', principal.id);
    } catch (error) {
      throw new UnsupportedOperationError(`${toAppError(error).message}, or ask with GetTask`);
    }
    const end = (reason: string) => call.end(unauthenticated(reason));
    return this.parts.open.enter('a2a', { credentials, principalId: principal.id, end });
  }

  private async own(id: string, { principal }: A2aCall): Promise<A2aTask> {
    if (id.trim() === '') throw new RequestMalformedError('id: the id of a task is required');
    const task = await this.parts.log.get(id);
    if (task?.owner_id !== principal.id || task.agent !== this.agent.slug)
      throw new TaskNotFoundError(`Task not found: ${id}`);
    return task;
  }
}

/** The task in the protocol's shape, with as much of its history as is asked for: all, or the newest messages. */
export function snapshot({ task: stored }: A2aTask, historyLength?: number): Task {
  const task = Task.fromJSON(stored);
  if (historyLength === undefined) return task;
  return { ...task, history: historyLength > 0 ? task.history.slice(-historyLength) : [] };
}
