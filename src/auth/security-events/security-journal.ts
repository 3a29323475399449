import { Injectable } from '@nestjs/common';
import { Entity, Index } from 'typeorm';
import { Clock, WallClock, newId } from '../../config/index.js';
import { Id, Text, Timestamp, type Unit } from '../../database/index.js';
import { Journal } from '../../operations/index.js';
import { Metrics } from '../../telemetry/index.js';
import { TokenBuckets } from '../guard/rate-limiter.js';

/** The data set's mechanisms are mTLS, OIDC and APIKey; Herald's own sign-ins add Password and JWT. */
export const AUTH_MECHANISMS = ['mTLS', 'OIDC', 'APIKey', 'Password', 'JWT'] as const;
export type AuthMechanism = (typeof AUTH_MECHANISMS)[number];

export const AUTH_RESULTS = ['success', 'failure', 'expired', 'denied'] as const;
export type AuthResult = (typeof AUTH_RESULTS)[number];

/** One attempt to get in, imported or Herald's own; the columns are the data dictionary's. */
@Entity('security_auth_events')
@Index('idx_security_auth_events_timestamp', ['timestamp', 'event_id'])
@Index('idx_security_auth_events_principal', ['principal', 'timestamp'])
export class SecurityAuthEvent {
  @Id() event_id!: string;
  @Timestamp() timestamp!: string;
  /** Who tried: a service's name, a user's email or a key's name. */
  @Text() principal!: string;
  @Text() auth_mechanism!: AuthMechanism;
  /** The scope that was asked for; for Herald's own sign-ins what was attempted (`session`). */
  @Text() scope!: string;
  @Text() result!: AuthResult;
  @Text() ip!: string;
}

/** By name: for import and export alone, which take whole files in and out. */
export const SECURITY_TABLES = { security_auth_events: SecurityAuthEvent } as const;

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
    private readonly wallClock: WallClock,
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
    if (this.budget.take('refusals', this.wallClock.now().getTime()).isAllowed)
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
