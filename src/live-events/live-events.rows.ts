import { Injectable } from '@nestjs/common';
import { Database, KeepsRows, type RowKeeper, UnitOfWork, nameOfLead } from '../database/index.js';
import { LiveEventRow, type PackedEvent } from './live-event-row.entity.js';

const LOOKED_THROUGH_AT_ONCE = 1_000;
const CHANGED_AT_ONCE = 200;

@Injectable()
@KeepsRows([
  {
    table: LiveEventRow,
    holds: 'what one unit of work told',
    keeps: { swept: 'HERALD_EVENT_DAYS, and at most HERALD_EVENT_ROWS of them' },
    lead: { keeper: 'few and young, they are looked through after the erasure' },
  },
])
export class LiveEventsRows implements RowKeeper {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Events that name the lead stay, for others count on their places, but they name nobody any more. The notice that
   * the lead is gone was written with the erasure and stays as it is.
   */
  async eraseTraces(leadId: string, erasedAt: string): Promise<void> {
    const named = await this.naming(leadId);
    const notice = named.findLast(
      ({ at, events }) => at >= erasedAt && events.some((event) => isNotice(event, leadId)),
    );
    for (let start = 0; start < named.length; start += CHANGED_AT_ONCE)
      await this.unitOfWork.run(async (unit) => {
        for (const { id, events } of named.slice(start, start + CHANGED_AT_ONCE)) {
          const unnamed = events.map((event) =>
            id === notice?.id && isNotice(event, leadId) ? event : withoutName(event, leadId, id),
          );
          await unit.of(LiveEventRow).update({ id }, { events: unnamed });
        }
      });
  }

  /** Rows that name the lead, oldest first. */
  private async naming(leadId: string): Promise<LiveEventRow[]> {
    const name = nameOfLead(leadId);
    const found: LiveEventRow[] = [];
    for (let after = 0; ;) {
      const rows = await this.database.queryAside(
        'SELECT id, at, CAST(events AS text) AS events FROM live_events WHERE id > ? ORDER BY id LIMIT ?',
        [after, LOOKED_THROUGH_AT_ONCE],
      );
      for (const { id, at, events } of rows)
        if (String(events).search(name) !== -1)
          found.push({ id: Number(id), at: String(at), events: JSON.parse(String(events)) as PackedEvent[] });
      if (rows.length < LOOKED_THROUGH_AT_ONCE) return found;
      after = Number(rows.at(-1)!.id);
    }
  }
}

const isNotice = (event: PackedEvent, leadId: string): boolean =>
  event[0] === 'resource.updated' && event.includes(`db://leads/${leadId}`);

function withoutName(event: PackedEvent, leadId: string, row: number): PackedEvent {
  return JSON.parse(JSON.stringify(event).replace(nameOfLead(leadId), `forgotten-${row}`)) as PackedEvent;
}
