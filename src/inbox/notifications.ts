import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { type Job, JobHandlers } from '../queue/index.js';
import { Log, Metrics } from '../telemetry/index.js';
import type { ApprovalRequested, EscalationRaised } from './inbox.js';
import { APPROVAL_REQUESTED, ESCALATION_RAISED } from './vocabulary.js';

/** Tells those who watch the server that something waits for a person: a count to alert on, and a line in the log. */
@Injectable()
export class Notifications implements OnModuleInit {
  constructor(
    private readonly handlers: JobHandlers,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    const events = this.metrics.counter(
      'herald_inbox_events_total',
      'Cases and approvals that came in, reminded or climbed',
      ['kind', 'event'],
    );
    this.handlers.register(ESCALATION_RAISED, {
      run: async ({ payload }: Job<EscalationRaised>) => {
        events.inc({ kind: 'escalation', event: payload.event });
        // what is new is seen in the inbox; what nobody looked at in time deserves more
        if (payload.event !== 'raised') this.log.warn({ ...payload }, 'an escalation waits for a person');
      },
    });
    this.handlers.register(APPROVAL_REQUESTED, {
      run: async ({ payload }: Job<ApprovalRequested>) => {
        events.inc({ kind: 'approval', event: 'requested' });
        this.log.debug({ ...payload }, 'an approval waits for a person');
      },
    });
  }
}
