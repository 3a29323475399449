import { afterFailure, type AttemptFacts, isLocked } from './password-check.js';

const NOW = new Date('2026-01-05T09:00:00.000Z');
const FRESH: AttemptFacts = { failed_attempts: 0, locked_until: null };

function afterFailures(count: number): AttemptFacts {
  return Array.from({ length: count }).reduce<AttemptFacts>((facts) => afterFailure(facts, NOW), FRESH);
}

describe('lock-out', () => {
  it.each([
    [1, null],
    [4, null],
    [5, '2026-01-05T09:15:00.000Z'],
    [6, '2026-01-05T09:30:00.000Z'],
    [7, '2026-01-05T10:00:00.000Z'],
    [12, '2026-01-06T09:00:00.000Z'],
    [2000, '2026-01-06T09:00:00.000Z'],
  ])('after %i failures is locked until %s', (count, lockedUntil) => {
    expect(afterFailures(count)).toEqual({ failed_attempts: count, locked_until: lockedUntil });
  });

  it('ends at the stated moment', () => {
    const facts = afterFailures(5);
    expect(isLocked(facts, new Date('2026-01-05T09:14:59.999Z'))).toBe(true);
    expect(isLocked(facts, new Date('2026-01-05T09:15:00.000Z'))).toBe(false);
    expect(isLocked(FRESH, NOW)).toBe(false);
  });
});
