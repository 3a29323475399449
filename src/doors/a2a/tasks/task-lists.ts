import { type ListTasksRequest, type ListTasksResponse, Task, TaskState, taskStateToJSON } from '@a2a-js/sdk';
import { RequestMalformedError } from '@a2a-js/sdk/errors';
import { Injectable } from '@nestjs/common';
import { CursorError, Database, gte, type Page, type Where } from '../../../database/index.js';
import type { Agent } from '../agents/agents.js';
import type { A2aCall } from '../http/a2a-call.js';
import { A2aTask } from './a2a-task.entities.js';

const DEFAULT_PAGE = 50;
const MAX_PAGE = 100;

/** A caller's own tasks with one agent, the latest changed first. */
@Injectable()
export class TaskLists {
  constructor(private readonly database: Database) {}

  /** @throws RequestMalformedError for a filter that makes no sense or a page token of another list */
  async list(agent: Agent, request: ListTasksRequest, { principal }: A2aCall): Promise<ListTasksResponse> {
    const { pageSize = DEFAULT_PAGE, pageToken, historyLength, includeArtifacts = false } = request;
    if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > MAX_PAGE)
      throw new RequestMalformedError(`pageSize: must be from 1 to ${MAX_PAGE}`);
    const where: Where<A2aTask> = { owner_id: principal.id, agent: agent.slug, ...filterOf(request) };
    const page = await this.read(where, pageSize, pageToken || undefined);
    const tasks = page.items.map(({ task: stored }) => {
      const task = Task.fromJSON(stored);
      if (!includeArtifacts) task.artifacts = [];
      if (historyLength !== undefined) task.history = historyLength > 0 ? task.history.slice(-historyLength) : [];
      return task;
    });
    return {
      tasks,
      nextPageToken: page.next_cursor ?? '',
      pageSize,
      totalSize: await this.database.of(A2aTask).count(where),
    };
  }

  private async read(where: Where<A2aTask>, limit: number, cursor: string | undefined): Promise<Page<A2aTask>> {
    try {
      return await this.database.of(A2aTask).page({ where, order: { status_at: 'desc' }, limit, cursor });
    } catch (error) {
      if (error instanceof CursorError)
        throw new RequestMalformedError(`pageToken: ${error.message.replace(/^cursor /, '')}`);
      throw error;
    }
  }
}

function filterOf({ contextId, status, statusTimestampAfter }: ListTasksRequest): Where<A2aTask> {
  if (status === TaskState.UNRECOGNIZED) throw new RequestMalformedError('status: is no state of a task');
  const since = statusTimestampAfter === undefined ? undefined : Date.parse(statusTimestampAfter);
  if (since !== undefined && Number.isNaN(since))
    throw new RequestMalformedError('statusTimestampAfter: must be a time such as 2026-01-31T09:30:00Z');
  return {
    ...(contextId && { context_id: contextId }),
    ...(status !== undefined && status !== TaskState.TASK_STATE_UNSPECIFIED && { state: taskStateToJSON(status) }),
    ...(since !== undefined && { status_at: gte(new Date(since).toISOString()) }),
  };
}
