import { createRandom } from '../config/index.js';
import type { OutboxRow } from './outbox-row.entity.js';

/** One try of one outbox row: what the queue is told of it. Payloads stay in the SQL database. */
export interface Delivery {
  outboxId: string;
  round: number;
  attempt: number;
}

/**
 * The queue's job id. It names the try, so that adding one twice changes nothing and a retry is never taken for its
 * predecessor.
 */
export function jobIdOf({ outbox_id, round, attempts }: Pick<OutboxRow, 'outbox_id' | 'round' | 'attempts'>): string {
  return `${outbox_id}.${round}.${attempts}`;
}

export function parseJobId(jobId: string): Delivery {
  const [outboxId, round, attempt] = jobId.split('.');
  if (!outboxId || !round || !attempt) throw new TypeError(`"${jobId}" is not a job id of the outbox`);
  return { outboxId, round: Number(round), attempt: Number(attempt) };
}

const LONGEST_BACKOFF_MS = 15 * 60_000;

/**
 * Wait before the next try: `baseMs` · 2^attempt, at most 15 minutes, times a factor in [0.75, 1.25) that differs
 * from row to row (so that what failed together does not come back together) and is the same each time it is asked.
 * @param attempt number of tries that failed before this one, from 0
 */
export function backoffMs(baseMs: number, { outboxId, attempt }: Pick<Delivery, 'outboxId' | 'attempt'>): number {
  const factor = 0.75 + createRandom(`${outboxId}.${attempt}`).next() / 2;
  return Math.round(Math.min(baseMs * 2 ** attempt, LONGEST_BACKOFF_MS) * factor);
}
