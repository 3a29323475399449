import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { Clock } from '../../config/index.js';
import { type Unit, lte, not } from '../../database/index.js';
import { Every, Job } from '../../queue/index.js';
import { Escalation } from '../escalations/escalation.entity.js';
import { UNRESOLVED } from '../vocabulary.js';
import { Notices } from './notices.js';
import { NotificationRule } from './notification-rule.entity.js';

/** On the clocks of a rule's zone. */
const HOUR_OF_DIGEST = 9;
/** The first in line; a longer list helps nobody. */
const MOST_CASES = 100;

/** What has climbed to the top and still waits is told once a day, and reminds no more. */
@Injectable()
export class DailyDigest {
  constructor(
    private readonly notices: Notices,
    private readonly clock: Clock,
  ) {}

  @Every('hour')
  @Job('inbox.daily', { concurrency: 1 })
  async tell(_job: Job, unit: Unit): Promise<void> {
    const now = this.clock.iso();
    const rules = await unit.of(NotificationRule).find({ is_active: true });
    const due = rules.filter(({ zone }) => DateTime.fromISO(now, { zone }).hour === HOUR_OF_DIGEST);
    if (due.length === 0) return;
    const where = { status: UNRESOLVED, priority: 'urgent', sort_key: not(null), due_at: lte(now) } as const;
    const cases = await unit.of(Escalation).find(where, { order: { sort_key: 'asc' }, limit: MOST_CASES });
    const news = cases.map(({ escalation_id: item_id, lead_id, reason: about }) => {
      return { item_type: 'escalation', item_id, lead_id, about, notice: 'waiting', isHot: false } as const;
    });
    for (const rule of due) {
      const day = DateTime.fromISO(now, { zone: rule.zone }).toISODate()!;
      await this.notices.takeDaily(unit, rule, news, day, now);
    }
  }
}
