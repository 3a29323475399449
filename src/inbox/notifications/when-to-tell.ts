import { endOfQuiet } from '../../zones/index.js';
import type { NotificationRule } from './notification-rule.entity.js';

const MINUTE_MS = 60_000;

export type Pace = Pick<
  NotificationRule,
  'digest_minutes' | 'quiet_start' | 'quiet_end' | 'quiet_weekends' | 'zone' | 'urgent_ignores_quiet'
>;

/**
 * When a rule tells what came up at `now`: at once, with the next digest, or when its quiet hours are over. What is hot
 * waits for no digest, and for quiet hours only where the rule says so.
 * @returns ISO-8601 UTC, never before `now`
 */
export function whenToTell(rule: Pace, isHot: boolean, now: string): string {
  const { digest_minutes, quiet_start, quiet_end, quiet_weekends, zone, urgent_ignores_quiet } = rule;
  const at = isHot || digest_minutes === 0 ? Date.parse(now) : nextDigest(Date.parse(now), digest_minutes);
  const isLoud = (isHot && urgent_ignores_quiet) || ((quiet_start === null || quiet_end === null) && !quiet_weekends);
  if (isLoud) return new Date(at).toISOString();
  const quiet = { start: quiet_start ?? '00:00', end: quiet_end ?? '00:00', weekends: quiet_weekends };
  return endOfQuiet(new Date(at), zone, quiet).toISOString();
}

/** Digests of an hour come on the hour, those of a day at midnight UTC, and so on. */
function nextDigest(now: number, minutes: number): number {
  const span = minutes * MINUTE_MS;
  return (Math.floor(now / span) + 1) * span;
}
