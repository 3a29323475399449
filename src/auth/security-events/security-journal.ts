import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../../config/index.js';
import type { Unit } from '../../database/index.js';
import { Journal } from '../../operations/index.js';
import { Metrics } from '../../telemetry/index.js';
import { TokenBuckets } from '../guard/token-buckets.js';
import { type AuthMechanism, type AuthResult, SecurityAuthEvent } from './security-auth-event.entity.js';

/** Of what outsiders can cause at will no more is kept than this, so that an attack cannot fill the disk. */
const REFUSALS_A_MINUTE = 600;
const LONGEST_NAME = 200;

export interface AuthAttempt {
  readonly principal: string;
  readonly mechanism: AuthMechanism;
  /** The permission that was missing, or what was attempted: `auth:login`, `auth:refresh`, `auth:lockout`, … */
  readonly scope: string;
  readonly result: AuthResult;
  readonly ip: string;
}

/** Writes the security_auth_events: what happens in a unit together with it, refusals in batches and within a limit. */
@Injectable()
export class SecurityJournal {
  private readonly budget = new TokenBuckets(REFUSALS_A_MINUTE, 1);
  private readonly dropped;

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.dropped = metrics.counter(
      'herald_security_events_dropped_total',
      'Refused attempts not kept, as there were too many at once',
    );
  }

  /** Records something that stands or falls with the unit's other rows. */
  async write(unit: Unit, attempt: AuthAttempt): Promise<void> {
    await unit.of(SecurityAuthEvent).insert(this.rowOf(attempt));
  }

  /** Records a refusal a moment later, in a batch with others; beyond the limit it is only counted. */
  record(attempt: AuthAttempt): void {
    if (this.budget.take('refusals', this.clock.now().getTime()).isAllowed)
      this.journal.record(SecurityAuthEvent, this.rowOf(attempt));
    else this.dropped.inc();
  }

  private rowOf({ principal, mechanism, scope, result, ip }: AuthAttempt): SecurityAuthEvent {
    return {
      event_id: newId('auth'),
      timestamp: this.clock.iso(),
      principal: principal.slice(0, LONGEST_NAME),
      auth_mechanism: mechanism,
      scope,
      result,
      ip,
    };
  }
}
