import { Injectable } from '@nestjs/common';
import { WallClock } from '../../config/index.js';
import { Database, type Unit, UnitOfWork } from '../../database/index.js';
import { limited } from '../../errors/index.js';
import { TokenBuckets } from '../guard/rate-limiter.js';
import { SecurityJournal } from '../security-events/security-journal.js';
import { User } from '../users/user.entity.js';
import { PasswordHasher } from './password-hasher.js';

const ATTEMPTS_A_MINUTE = 10;

export interface PasswordAttempt {
  readonly email: string;
  readonly password: string;
  readonly ip: string;
  /** What the password was asked for, as the security journal names it: `auth:login` or `auth:password`. */
  readonly purpose: string;
}

/**
 * The one place where a password is tried. A caller cannot tell a wrong password from an unknown, disabled or locked
 * account: the answer and the work behind it are the same, and a lock also refuses the right password.
 */
@Injectable()
export class PasswordCheck {
  private readonly attempts = new TokenBuckets(ATTEMPTS_A_MINUTE);

  constructor(
    private readonly database: Database,
    private readonly uow: UnitOfWork,
    private readonly clock: WallClock,
    private readonly hasher: PasswordHasher,
    private readonly journal: SecurityJournal,
  ) {}

  /**
   * @returns the user whose password it is, or undefined
   * @throws AppError limit after too many attempts on one account from one address
   */
  async tryPassword({ email, password, ip, purpose }: PasswordAttempt): Promise<User | undefined> {
    const address = email.toLowerCase();
    const attempt = { principal: address, mechanism: 'Password', scope: purpose, ip } as const;
    const bucket = `${ip} ${address}`;
    const { isAllowed, retryAfterSeconds } = this.attempts.take(bucket, this.clock.now().getTime());
    if (!isAllowed) {
      this.journal.record({ ...attempt, result: 'denied' });
      throw limited('too many sign-ins for this account from this address; wait before the next', retryAfterSeconds);
    }
    const [user] = await this.database.of(User).find({ email: address }, { limit: 1 });
    const isRight = await this.hasher.verify(user?.password_hash, password);
    const verdict = await this.uow.run((unit) => this.settle(unit, user, isRight, ip));
    if (verdict !== 'accepted') {
      this.journal.record({ ...attempt, result: verdict });
      return undefined;
    }
    this.attempts.refill(bucket);
    return user;
  }

  /** Judges by the row as it stands now: while the hash was computed, others may have tried and locked the account. */
  private async settle(
    unit: Unit,
    seen: User | undefined,
    isRight: boolean,
    ip: string,
  ): Promise<'accepted' | 'failure' | 'denied'> {
    const [user] = await unit.of(User).find({ user_id: seen?.user_id ?? '' }, { limit: 1, lock: true });
    if (!user) return 'failure';
    const now = this.clock.now();
    if (user.status !== 'active' || isLocked(user, now)) return 'denied';
    if (user.password_hash !== seen!.password_hash) return 'failure';
    if (isRight) {
      if (user.failed_attempts > 0)
        await unit.of(User).update({ user_id: user.user_id }, { failed_attempts: 0, locked_until: null });
      return 'accepted';
    }
    const { failed_attempts, locked_until } = afterFailure(user, now);
    await unit.of(User).update({ user_id: user.user_id }, { failed_attempts, locked_until });
    if (locked_until !== null) {
      await this.journal.write(unit, {
        principal: user.email,
        mechanism: 'Password',
        scope: 'auth:lockout',
        result: 'denied',
        ip,
      });
    }
    return 'failure';
  }
}

const FAILURES_BEFORE_LOCK = 5;
const FIRST_LOCK_MS = 15 * 60_000;
const LONGEST_LOCK_MS = 24 * 3_600_000;

export interface AttemptFacts {
  readonly failed_attempts: number;
  readonly locked_until: string | null;
}

/** Whether attempts are refused unseen at this moment. */
export function isLocked({ locked_until }: AttemptFacts, now: Date): boolean {
  return locked_until !== null && now < new Date(locked_until);
}

/**
 * The account after one more wrong password: the fifth locks it for 15 minutes, and each one after that for twice as
 * long as the one before, up to a day. A right password starts the count again.
 */
export function afterFailure({ failed_attempts }: AttemptFacts, now: Date): AttemptFacts {
  const failures = failed_attempts + 1;
  if (failures < FAILURES_BEFORE_LOCK) return { failed_attempts: failures, locked_until: null };
  const lockMs = Math.min(FIRST_LOCK_MS * 2 ** (failures - FAILURES_BEFORE_LOCK), LONGEST_LOCK_MS);
  return { failed_attempts: failures, locked_until: new Date(now.getTime() + lockMs).toISOString() };
}
