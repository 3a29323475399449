import { Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { Database, type Page, type Unit } from '../database/index.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxRow, type OutboxStatus } from './outbox-row.entity.js';

/** Which dead letters are asked for. */
export interface DeadLetterFilters {
  topic?: string;
  /** The key under which the work was promised. */
  idempotency_key?: string;
}

/** Work that was given up after its last try, for people to look at and send again. */
@Injectable()
export class DeadLetters {
  constructor(
    private readonly database: Database,
    private readonly relay: OutboxRelay,
    private readonly clock: Clock,
  ) {}

  /** The latest first. @throws CursorError when the cursor is not one for this list */
  page(filters: DeadLetterFilters, limit: number, cursor?: string): Promise<Page<OutboxRow>> {
    return this.database
      .of(OutboxRow)
      .page({ where: { ...filters, status: 'dead' }, order: { done_at: 'desc' }, limit, cursor });
  }

  /**
   * Opens a dead letter again, with all its tries before it.
   * @returns the status of what has this id before it was opened, so `dead` if it was; undefined when nothing has it
   */
  async revive(unit: Unit, outboxId: string): Promise<OutboxStatus | undefined> {
    const rows = unit.of(OutboxRow);
    const [row] = await rows.find({ outbox_id: outboxId }, { limit: 1, lock: true });
    if (row?.status !== 'dead') return row?.status;
    const reopened = {
      status: 'open',
      attempts: 0,
      round: row.round + 1,
      available_at: this.clock.iso(),
      done_at: null,
    } as const;
    await rows.update({ outbox_id: outboxId }, reopened);
    unit.afterCommit(() => this.relay.fellBehind(row.topic));
    return row.status;
  }
}
