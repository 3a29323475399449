import { Injectable } from '@nestjs/common';
import type { Reader, Unit } from '../../database/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { BlockingCases } from '../../outreach/index.js';
import { Approval } from '../approvals/approval.entity.js';
import { closing } from './case-rows.js';
import { Escalation } from './escalation.entity.js';
import { approvalEvent, escalationLiveEvent } from '../inbox-events.js';
import { UNRESOLVED } from '../vocabulary.js';

/** What waits for people because of a decision, when that decision is taken back. */
@Injectable()
export class CasesOfDecisions {
  constructor(
    private readonly liveEvents: LiveEvents,
    private readonly blocking: BlockingCases,
  ) {}

  /** The cases that a person has settled, by the decision that raised them; decisions without any are absent. */
  async settled(reader: Reader, leadIds: readonly string[]): Promise<Map<string, string>> {
    if (leadIds.length === 0) return new Map();
    const cases = await reader.of(Escalation).find({ lead_id: [...new Set(leadIds)] });
    const settled = cases.filter(({ resolution, decision_id }) => resolution !== null && decision_id !== null);
    return new Map(settled.map(({ decision_id, escalation_id }) => [decision_id!, escalation_id]));
  }

  /** Closes the cases and questions that wait because of a decision about a lead: nobody has to answer them now. */
  async withdraw(
    unit: Unit,
    { decision_id, lead_id }: { readonly decision_id: string; readonly lead_id: string },
    { by, reason, now }: { readonly by: string; readonly reason: string; readonly now: string },
  ): Promise<void> {
    const cases = await unit.of(Escalation).find({ lead_id }, { order: { escalation_id: 'asc' }, lock: true });
    const open = cases.filter((each) => each.decision_id === decision_id && UNRESOLVED.includes(each.status));
    const patch = closing(by, `the decision behind it was undone: ${reason}`, now);
    const closed = open.map((each) => ({ ...each, ...patch, version: each.version + 1 }));
    await unit.of(Escalation).updateEach(closed, CLOSED);
    this.liveEvents.publish(
      unit,
      closed.map((each) => escalationLiveEvent('escalation.resolved', each)),
    );
    if (closed.some(({ blocks }) => blocks)) await this.blocking.settled(unit, lead_id);
    await this.lapse(unit, { decision_id, lead_id }, reason);
  }

  private async lapse(
    unit: Unit,
    { decision_id, lead_id }: { readonly decision_id: string; readonly lead_id: string },
    reason: string,
  ): Promise<void> {
    const waiting = await unit.of(Approval).find({ lead_id, status: 'pending', decision_id }, { lock: true });
    for (const approval of waiting) {
      const patch = {
        status: 'lapsed' as const,
        closed_reason: `the decision behind it was undone: ${reason}`,
        sort_key: null,
        version: approval.version + 1,
      };
      await unit.of(Approval).update({ approval_id: approval.approval_id }, patch);
      this.liveEvents.publish(unit, approvalEvent('approval.expired', { ...approval, ...patch }));
    }
  }
}

const CLOSED = [
  ...(['status', 'resolved_at', 'resolved_by', 'resolution_note', 'sort_key'] as const),
  ...(['snoozed_until', 'until_answer', 'version'] as const),
];
