import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import type { Unit } from '../../database/index.js';
import { Job } from '../../queue/index.js';
import { Log, Metrics } from '../../telemetry/index.js';
import { ESCALATION_REASON } from '../../vocabulary/index.js';
import { Approval } from '../approvals/approval.entity.js';
import { Escalation } from '../escalations/escalation.entity.js';
import type { ApprovalRequested, EscalationRaised } from '../inbox.js';
import { APPROVAL_REQUESTED, ESCALATION_RAISED } from '../vocabulary.js';
import { Notices } from './notices.js';

/**
 * Has people told that something waits for them, and those who watch the server: a count to alert on, and a line in the
 * log.
 */
@Injectable()
export class Notifications {
  private readonly events;

  constructor(
    private readonly notices: Notices,
    private readonly clock: Clock,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    const help = 'Cases and approvals that came in, reminded or climbed';
    this.events = metrics.counter('herald_inbox_events_total', help, ['kind', 'event']);
  }

  @Job(ESCALATION_RAISED, { takes: 'many', forgetsDone: true })
  async tellOfEscalations(jobs: readonly Job<EscalationRaised>[], unit: Unit): Promise<void> {
    const ids = jobs.map(({ payload }) => payload.escalation_id);
    const cases = new Map(
      (await unit.of(Escalation).find({ escalation_id: ids })).map((row) => [row.escalation_id, row]),
    );
    const news = jobs.flatMap(({ payload: { escalation_id, event } }) => {
      const found = cases.get(escalation_id);
      // settled before anybody was told
      if (!found || found.status === 'resolved') return [];
      const { reason: about, lead_id, priority } = found;
      const isHot = priority === 'urgent' || ESCALATION_REASON[about].dueMinutes !== undefined;
      return [{ item_type: 'escalation', item_id: escalation_id, lead_id, about, notice: event, isHot } as const];
    });
    await this.notices.take(unit, news, this.clock.iso());
    for (const { payload } of jobs) {
      this.events.inc({ kind: 'escalation', event: payload.event });
      // what is new is seen in the inbox; what nobody looked at in time deserves more
      if (payload.event !== 'raised') this.log.warn({ ...payload }, 'an escalation waits for a person');
    }
  }

  @Job(APPROVAL_REQUESTED, { takes: 'many', forgetsDone: true })
  async tellOfApprovals(jobs: readonly Job<ApprovalRequested>[], unit: Unit): Promise<void> {
    const ids = jobs.map(({ payload }) => payload.approval_id);
    const approvals = await unit.of(Approval).find({ approval_id: ids, status: 'pending' });
    const news = approvals.map(({ approval_id: item_id, lead_id, priority }) => {
      const isHot = priority === 'urgent';
      return { item_type: 'approval', item_id, lead_id, about: 'approval', notice: 'requested', isHot } as const;
    });
    await this.notices.take(unit, news, this.clock.iso());
    for (const { payload } of jobs) {
      this.events.inc({ kind: 'approval', event: 'requested' });
      this.log.debug({ ...payload }, 'an approval waits for a person');
    }
  }
}
