import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../config/index.js';
import type { Unit } from '../database/index.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxRow } from './outbox-row.entity.js';

export interface OutboxItem {
  topic: string;
  /** The effect's idempotency key, unique for all time: a second item with it is the same work and is left out. */
  key: string;
  payload: object;
  /** ISO time before which it must not run; now when left out. */
  availableAt?: string;
}

/** Where work for later is written down, in the unit that decides on it. */
@Injectable()
export class Outbox {
  constructor(
    private readonly relay: OutboxRelay,
    private readonly clock: Clock,
  ) {}

  /**
   * Promises the items: they are worked on at least once, and their effect is recorded exactly once, if the unit
   * commits.
   * @returns how many were new
   */
  async add(unit: Unit, items: readonly OutboxItem[]): Promise<number> {
    if (items.length === 0) return 0;
    const now = this.clock.iso();
    const added = await unit
      .of(OutboxRow)
      .insertNew(
        items.map(({ topic, key, payload, availableAt }) => ({
          outbox_id: newId('out'),
          topic,
          idempotency_key: key,
          payload,
          status: 'open' as const,
          available_at: availableAt ?? now,
          created_at: now,
          attempts: 0,
          round: 0,
        })),
      );
    if (added > 0) {
      const topics = new Set(items.map(({ topic }) => topic));
      unit.afterCommit(() => this.relay.wake(topics));
    }
    return added;
  }

  /**
   * Opens a dead letter again, with all its tries before it. @returns false when there is no dead letter with this id
   */
  async revive(unit: Unit, outboxId: string): Promise<boolean> {
    const rows = unit.of(OutboxRow);
    const [row] = await rows.find({ outbox_id: outboxId, status: 'dead' }, { limit: 1, lock: true });
    if (!row) return false;
    const reopened = {
      status: 'open',
      attempts: 0,
      round: row.round + 1,
      available_at: this.clock.iso(),
      done_at: null,
    } as const;
    await rows.update({ outbox_id: outboxId }, reopened);
    unit.afterCommit(() => this.relay.wake([row.topic]));
    return true;
  }
}
