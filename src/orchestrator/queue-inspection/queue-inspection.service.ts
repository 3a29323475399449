import { Injectable } from '@nestjs/common';
import { conflict, notFound } from '../../errors/index.js';
import { type CommandContext, DEFAULT_PAGE, Operation, type QueryContext } from '../../operations/index.js';
import { DeadLetters, JobHandlers, Queues } from '../../queue/index.js';
import {
  DeadLetterIdRequest,
  DeadLetterPage,
  ListDeadLettersRequest,
  QueueStatusRequest,
  QueueStatusResponse,
  RetryDeadLetterResponse,
  TopicStatus,
  toDeadLetterResponse,
} from './queue-inspection.dto.js';

/** What a person can see of the work that is waiting, and do about the work that was given up. */
@Injectable()
export class QueueInspectionService {
  constructor(
    private readonly queues: Queues,
    private readonly deadLetters: DeadLetters,
    private readonly handlers: JobHandlers,
  ) {}

  @Operation({
    name: 'queue.status',
    permission: 'system:read',
    kind: 'query',
    request: QueueStatusRequest,
    response: QueueStatusResponse,
    summary: 'Work that is waiting, done and given up, by topic',
    rest: 'GET /api/v1/queue',
  })
  async status(_request: QueueStatusRequest, { now }: QueryContext): Promise<QueueStatusResponse> {
    const { counts, oldestDueAt } = await this.queues.status();
    const topics = new Map(this.handlers.topics.map((topic) => [topic, noWork(topic, true)]));
    for (const { topic, status, count } of counts) {
      if (!topics.has(topic)) topics.set(topic, noWork(topic, false));
      topics.get(topic)![status] = count;
    }
    const list = [...topics.values()].sort((a, b) => (a.topic < b.topic ? -1 : 1));
    const total = (status: 'open' | 'enqueued' | 'done' | 'dead') =>
      list.reduce((sum, topic) => sum + topic[status], 0);
    return {
      store: this.queues.storeKind,
      is_open: this.queues.isOpen,
      open: total('open'),
      enqueued: total('enqueued'),
      done: total('done'),
      dead: total('dead'),
      oldest_due_at: oldestDueAt,
      lag_seconds: oldestDueAt ? Math.max(0, (Date.parse(now) - Date.parse(oldestDueAt)) / 1_000) : 0,
      topics: list,
    };
  }

  @Operation({
    name: 'deadletter.list',
    permission: 'system:read',
    kind: 'query',
    request: ListDeadLettersRequest,
    response: DeadLetterPage,
    summary: 'Work that was given up after its last try, the latest first',
    rest: { route: 'GET /api/v1/dead-letters', tag: 'queue' },
  })
  async list({ limit = DEFAULT_PAGE, cursor, ...filters }: ListDeadLettersRequest): Promise<DeadLetterPage> {
    const page = await this.deadLetters.page(filters, limit, cursor);
    return { items: page.items.map(toDeadLetterResponse), next_cursor: page.next_cursor };
  }

  @Operation({
    name: 'deadletter.retry',
    permission: 'system:write',
    kind: 'command',
    request: DeadLetterIdRequest,
    response: RetryDeadLetterResponse,
    summary: 'Send work again that was given up',
    rest: { route: 'POST /api/v1/dead-letters/:outbox_id/retry', tag: 'queue' },
  })
  async retry({ outbox_id }: DeadLetterIdRequest, { unit }: CommandContext): Promise<RetryDeadLetterResponse> {
    const status = await this.deadLetters.revive(unit, outbox_id);
    if (!status) throw notFound('dead letter', outbox_id);
    if (status === 'dead') return { outbox_id, status: 'open' };
    throw conflict('not_dead', `outbox_id: "${outbox_id}" is ${status}; only dead letters can be sent again`);
  }
}

const noWork = (topic: string, has_handler: boolean): TopicStatus => ({
  topic,
  open: 0,
  enqueued: 0,
  done: 0,
  dead: 0,
  has_handler,
});
