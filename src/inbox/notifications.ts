import { Injectable } from '@nestjs/common';
import { Job } from '../queue/index.js';
import { Log, Metrics } from '../telemetry/index.js';
import type { ApprovalRequested, EscalationRaised } from './inbox.js';
import { APPROVAL_REQUESTED, ESCALATION_RAISED } from './vocabulary.js';

/** Tells those who watch the server that something waits for a person: a count to alert on, and a line in the log. */
@Injectable()
export class Notifications {
  private readonly events;

  constructor(
    private readonly log: Log,
    metrics: Metrics,
  ) {
    const help = 'Cases and approvals that came in, reminded or climbed';
    this.events = metrics.counter('herald_inbox_events_total', help, ['kind', 'event']);
  }

  @Job(ESCALATION_RAISED, { takes: 'many', forgetsDone: true })
  async tellOfEscalations(jobs: readonly Job<EscalationRaised>[]): Promise<void> {
    for (const { payload } of jobs) {
      this.events.inc({ kind: 'escalation', event: payload.event });
      // what is new is seen in the inbox; what nobody looked at in time deserves more
      if (payload.event !== 'raised') this.log.warn({ ...payload }, 'an escalation waits for a person');
    }
  }

  @Job(APPROVAL_REQUESTED, { takes: 'many', forgetsDone: true })
  async tellOfApprovals(jobs: readonly Job<ApprovalRequested>[]): Promise<void> {
    for (const { payload } of jobs) {
      this.events.inc({ kind: 'approval', event: 'requested' });
      this.log.debug({ ...payload }, 'an approval waits for a person');
    }
  }
}
