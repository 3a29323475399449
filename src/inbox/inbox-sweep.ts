import { Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { type Unit, lte, not } from '../database/index.js';
import { Ledger } from '../decisions/index.js';
import { LiveEvents } from '../live-events/index.js';
import { Every, Job, Outbox, type OutboxItem } from '../queue/index.js';
import { REMINDER_GROUPS, nextDueAt, nextPriority, remindIfDueBy } from './deadlines.js';
import { Approval } from './approvals/approval.entity.js';
import { awake, changeCase } from './escalations/case-rows.js';
import { Escalation } from './escalations/escalation.entity.js';
import { escalationEvent } from './inbox.js';
import { approvalEvent, escalationLiveEvent } from './inbox-events.js';
import { UNRESOLVED } from './vocabulary.js';
import { PRIORITIES } from '../vocabulary/index.js';

export interface SweepResult {
  reminded: number;
  climbed: number;
}

/** Rows of each sort that one sweep takes on; the rest waits for the next. */
const AT_ONCE = 500;
/** Those below the top. */
const CLIMBING = PRIORITIES.slice(0, -1);

/** What time does to the inbox. Each call is a unit's worth of work and safe to repeat. */
@Injectable()
export class InboxSweep {
  constructor(
    private readonly outbox: Outbox,
    private readonly liveEvents: LiveEvents,
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  @Every('minute')
  @Job('inbox.sweep', { concurrency: 1 })
  async sweep(_job: Job, unit: Unit): Promise<void> {
    const now = this.clock.iso();
    await this.wakeDue(unit, now);
    await this.climbOverdue(unit, now);
    await this.expireOverdue(unit, now);
  }

  /**
   * Unclaimed cases past their deadline climb, one level and one priority with a new deadline, and stop at the top.
   * Cases that have used up half of their wait remind, once on each level. What is put off does neither.
   * @param now ISO time
   */
  async climbOverdue(unit: Unit, now: string): Promise<SweepResult> {
    const events: OutboxItem[] = [];
    const overdue = await unit
      .of(Escalation)
      .find(
        { status: 'open', sort_key: not(null), priority: CLIMBING, due_at: lte(now) },
        { order: { due_at: 'asc' }, limit: AT_ONCE, lock: true },
      );
    for (const escalation of overdue) {
      const priority = nextPriority(escalation.priority);
      const level = escalation.level + 1;
      const patch = {
        priority,
        level,
        due_at: nextDueAt(priority, now),
        reminded_at: null,
        version: escalation.version + 1,
      };
      await unit.of(Escalation).update({ escalation_id: escalation.escalation_id }, patch);
      events.push(escalationEvent({ ...escalation, ...patch }, 'climbed'));
    }
    const waiting = await this.halfWayThrough(unit, now);
    await unit
      .of(Escalation)
      .update({ escalation_id: waiting.map(({ escalation_id }) => escalation_id) }, { reminded_at: now });
    events.push(...waiting.map((escalation) => escalationEvent(escalation, 'reminded')));
    await this.outbox.add(unit, events);
    return { reminded: waiting.length, climbed: overdue.length };
  }

  /** Brings back the cases that were put off until now; they have their time before them anew. @returns how many */
  async wakeDue(unit: Unit, now: string): Promise<number> {
    const due = await unit
      .of(Escalation)
      .find({ snoozed_until: lte(now) }, { order: { snoozed_until: 'asc' }, limit: AT_ONCE, lock: true });
    for (const escalation of due) {
      const patch = { ...awake(escalation), due_at: nextDueAt(escalation.priority, now), reminded_at: null };
      this.liveEvents.publish(
        unit,
        escalationLiveEvent('escalation.changed', await changeCase(unit, escalation, patch)),
      );
    }
    return due.length;
  }

  /** Closes the approvals whose time is up. @returns how many */
  async expireOverdue(unit: Unit, now: string): Promise<number> {
    const expired = await unit.query(
      `UPDATE approvals SET status = 'expired', sort_key = NULL, closed_reason = 'nobody decided in time', version = version + 1 WHERE status = 'pending' AND expires_at <= ?
       RETURNING approval_id, status, kind, lead_id, campaign_id, decision_id`,
      [now],
    );
    const approvals = expired as unknown as Approval[];
    this.liveEvents.publish(
      unit,
      approvals.map((approval) => approvalEvent('approval.expired', approval)),
    );
    await this.rejectDecisions(unit, new Set(approvals.flatMap(({ decision_id }) => decision_id ?? [])));
    return expired.length;
  }

  /** Decisions are turned down once none of their proposals waits any more. */
  private async rejectDecisions(unit: Unit, decisionIds: Set<string>): Promise<void> {
    if (decisionIds.size === 0) return;
    const waiting = await unit.of(Approval).find({ decision_id: [...decisionIds], status: 'pending' });
    for (const { decision_id } of waiting) decisionIds.delete(decision_id!);
    await this.ledger.reject(unit, [...decisionIds]);
  }

  private async halfWayThrough(unit: Unit, now: string): Promise<Escalation[]> {
    const found: Escalation[] = [];
    for (const group of REMINDER_GROUPS) {
      const due_at = lte(remindIfDueBy(group, now));
      const where = { ...group.where, status: UNRESOLVED, sort_key: not(null), reminded_at: null, due_at };
      found.push(...(await unit.of(Escalation).find(where, { order: { due_at: 'asc' }, limit: AT_ONCE, lock: true })));
    }
    return found;
  }
}
