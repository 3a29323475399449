import { Choice, Flag, Instant, IntNum, JsonValue, ListRequest, Nested, Num, Str } from '../../operations/index.js';
import type { OutboxRow } from '../../queue/index.js';

export class QueueStatusRequest {}

export class TopicStatus {
  @Str() topic!: string;
  @IntNum({ min: 0, description: 'Waiting for their time or for room in the queue' }) open!: number;
  @IntNum({ min: 0, description: 'Handed to the queue' }) enqueued!: number;
  @IntNum({
    min: 0,
    description:
      'Effect recorded and still kept: HERALD_KEEP_WORK_DAYS; none of topics whose work cannot be promised again',
  })
  done!: number;
  @IntNum({ min: 0, description: 'Given up: dead letters' }) dead!: number;
  @Flag({ description: 'Whether this server knows how to work on it' }) has_handler!: boolean;
}

export class QueueStatusResponse {
  @Choice(['embedded', 'postgres', 'redis']) store!: string;
  @Flag({ description: 'Whether the answering process has the store open' }) is_open!: boolean;
  @IntNum({ min: 0 }) open!: number;
  @IntNum({ min: 0 }) enqueued!: number;
  @IntNum({ min: 0 }) done!: number;
  @IntNum({ min: 0 }) dead!: number;
  @Instant({ nullable: true, description: 'When the oldest work that is not done fell due' }) oldest_due_at!:
    string | null;
  @Num({ min: 0, description: 'Seconds since then; 0 when nothing is behind' }) lag_seconds!: number;
  @Nested(() => TopicStatus, { array: true }) topics!: TopicStatus[];
}

export class ListDeadLettersRequest extends ListRequest {
  @Str({ optional: true, max: 100 }) topic?: string;
  @Str({ optional: true, max: 200, description: 'The key under which the work was promised' }) idempotency_key?: string;
}

export class DeadLetterIdRequest {
  @Str({ min: 1, max: 64 }) outbox_id!: string;
}

export class DeadLetterResponse {
  @Str() outbox_id!: string;
  @Str() topic!: string;
  @Str() idempotency_key!: string;
  @JsonValue({ description: 'What the handler was given' }) payload!: unknown;
  @IntNum({ min: 0, description: 'Tries that failed since it was last sent' }) attempts!: number;
  @IntNum({ min: 0, description: 'How often it was sent again' }) round!: number;
  @Str({ nullable: true, description: 'What the last try said' }) last_error!: string | null;
  @Instant() created_at!: string;
  @Instant({ nullable: true }) died_at!: string | null;
}

export class DeadLetterPage {
  @Nested(() => DeadLetterResponse, { array: true }) items!: DeadLetterResponse[];
  @Str({ nullable: true, max: 1000 }) next_cursor!: string | null;
}

export class RetryDeadLetterResponse {
  @Str() outbox_id!: string;
  @Choice(['open']) status!: string;
}

export const toDeadLetterResponse = (row: OutboxRow): DeadLetterResponse => ({
  outbox_id: row.outbox_id,
  topic: row.topic,
  idempotency_key: row.idempotency_key,
  payload: row.payload,
  attempts: row.attempts,
  round: row.round,
  last_error: row.last_error,
  created_at: row.created_at,
  died_at: row.done_at,
});
