import { Injectable } from '@nestjs/common';
import { Database, marks } from '../database/index.js';
import { NextWork } from '../queue/index.js';
import { REMINDER_GROUPS, remindAt } from './deadlines.js';
import { UNRESOLVED } from './vocabulary.js';

/** When time will next do something to the inbox (see `InboxSweep`). */
@Injectable()
export class NextSweep {
  constructor(private readonly database: Database) {}

  @NextWork('inbox.sweep')
  async at(): Promise<string | undefined> {
    const [climbs] = await this.database.query(
      `SELECT MIN(due_at) AS at FROM escalations WHERE status = 'open' AND sort_key IS NOT NULL AND priority <> 'urgent'`,
    );
    const [expires] = await this.database.query(`SELECT MIN(expires_at) AS at FROM approvals WHERE status = 'pending'`);
    const [wakes] = await this.database.query(
      'SELECT MIN(snoozed_until) AS at FROM escalations WHERE snoozed_until IS NOT NULL',
    );
    const times = [climbs?.at, expires?.at, wakes?.at] as (string | null | undefined)[];
    for (const group of REMINDER_GROUPS) {
      const { reason, priority } = group.where;
      const [first] = await this.database.query(
        `SELECT MIN(due_at) AS at FROM escalations WHERE status IN (${marks(UNRESOLVED)}) AND reason IN (${marks(reason)})
           AND reminded_at IS NULL AND sort_key IS NOT NULL ${priority === undefined ? '' : 'AND priority = ?'}`,
        [...UNRESOLVED, ...reason, ...(priority === undefined ? [] : [priority])],
      );
      if (first?.at) times.push(remindAt(group, first.at as string));
    }
    return times.filter((time) => typeof time === 'string').sort()[0];
  }
}
