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
