import { Injectable } from '@nestjs/common';
import { Database, KeepsRows, type RowKeeper, UnitOfWork, nameOfLead } from '../database/index.js';
import { LiveEventRow, type PackedEvent } from './live-event-row.entity.js';

const LOOKED_THROUGH_AT_ONCE = 1_000;

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
    const name = nameOfLead(leadId);
    for (let after = 0; ;) {
      const rows = await this.database.queryAside(
        'SELECT id, at, CAST(events AS text) AS events FROM live_events WHERE id > ? ORDER BY id LIMIT ?',
        [after, LOOKED_THROUGH_AT_ONCE],
      );
      const named = rows.filter(({ events }) => String(events).search(name) !== -1);
      if (named.length > 0)
        await this.unitOfWork.run(async (unit) => {
          for (const { id, at, events } of named)
            await unit.execute('UPDATE live_events SET events = ? WHERE id = ?', [
              JSON.stringify(withoutName(String(events), name, Number(id), String(at) >= erasedAt)),
              id,
            ]);
        });
      if (rows.length < LOOKED_THROUGH_AT_ONCE) return;
      after = Number(rows.at(-1)!.id);
    }
  }
}

function withoutName(events: string, name: RegExp, row: number, hasNotice: boolean): PackedEvent[] {
  return (JSON.parse(events) as PackedEvent[]).map((event) => {
    const isNotice = hasNotice && event[0] === 'resource.updated';
    return isNotice ? event : (JSON.parse(JSON.stringify(event).replace(name, `forgotten-${row}`)) as PackedEvent);
  });
}
