import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../config/index.js';
import { type Reader, type Unit, startsWith } from '../database/index.js';
import { type DueJob, toDueJob } from './outbox-ledger.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxRow, PENDING } from './outbox-row.entity.js';

export interface OutboxItem {
  topic: string;
  /**
   * The effect's idempotency key: a second item with it is the same work and is left out, for as long as the row of the
   * first is kept (`HERALD_KEEP_WORK_DAYS`; of topics that forget what is done, until it is done).
   */
  key: string;
  payload: object;
  /** ISO time before which it must not run; now when left out. */
  availableAt?: string;
  /** The lead that the work is about: it goes when the lead is erased. */
  leadId?: string | null;
}

type NewRow = Pick<OutboxRow, 'outbox_id' | 'topic' | 'status' | 'available_at' | 'round' | 'attempts'>;

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
    const due = new Map<string, number>();
    for (const { topic, availableAt = now } of items) if (availableAt <= now) due.set(topic, (due.get(topic) ?? 0) + 1);
    const withRoom = new Set(
      [...due].filter(([topic, count]) => this.relay.hasRoom(topic, count)).map(([topic]) => topic),
    );
    const rows = items.map(({ topic, key, payload, availableAt = now, leadId = null }) => {
      const isOut = availableAt <= now && withRoom.has(topic);
      return {
        outbox_id: newId('out'),
        topic,
        idempotency_key: key,
        payload,
        status: isOut ? ('enqueued' as const) : ('open' as const),
        available_at: availableAt,
        created_at: now,
        enqueued_at: isOut ? now : null,
        attempts: 0,
        round: 0,
        lead_id: leadId,
      };
    });
    const added = await unit.of(OutboxRow).insertNew(rows);
    if (added > 0) unit.afterCommit(() => this.tell(rows, now));
    return added;
  }

  /** Whether work of the topic is promised, and not yet done, whose key begins so. */
  async isPending(reader: Reader, topic: string, keyPrefix: string): Promise<boolean> {
    const rows = reader.of(OutboxRow);
    return (await rows.count({ status: PENDING, topic, idempotency_key: startsWith(keyPrefix) })) > 0;
  }

  /** A row that was left out, because its key was known, is told of too: the queue will find nothing to do for it. */
  private tell(rows: readonly NewRow[], now: string): void {
    const topics = new Map<string, { out: DueJob[]; isBehind: boolean }>();
    for (const row of rows) {
      let state = topics.get(row.topic);
      if (!state) topics.set(row.topic, (state = { out: [], isBehind: false }));
      if (row.status === 'enqueued') state.out.push(toDueJob(row));
      else if (row.available_at <= now) state.isBehind = true;
    }
    for (const [topic, { out, isBehind }] of topics) {
      if (out.length > 0) this.relay.handOver(topic, out);
      if (isBehind) this.relay.fellBehind(topic);
    }
    this.relay.wake(topics.keys());
  }
}
