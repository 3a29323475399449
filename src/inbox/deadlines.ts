import { ESCALATION_REASON, type EscalationReason, PRIORITIES, PRIORITY, type Priority } from '../vocabulary/index.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long a case may wait for a person before it climbs. */
const patienceMs = (priority: Priority): number => PRIORITY[priority].patienceHours * HOUR_MS;

/** When a case that waits since `from` (ISO) has to be settled, the first time. */
export function dueAt(reason: EscalationReason, priority: Priority, from: string): string {
  const { dueMinutes } = ESCALATION_REASON[reason];
  return dueMinutes === undefined ? nextDueAt(priority, from) : shift(from, dueMinutes * MINUTE_MS);
}

/** When a case that has climbed at `from` (ISO) has to be settled. */
export function nextDueAt(priority: Priority, from: string): string {
  return shift(from, patienceMs(priority));
}

/** A case due by this time has used up half of its wait at `now`: the moment for a reminder. */
export function remindIfDueBy(priority: Priority, now: string): string {
  return shift(now, patienceMs(priority) / 2);
}

/** When a case due by `due` has used up half of its wait. */
export function remindAt(priority: Priority, due: string): string {
  return shift(due, -patienceMs(priority) / 2);
}

/** One step up; urgent stays urgent. */
export function nextPriority(priority: Priority): Priority {
  return PRIORITIES[Math.min(PRIORITIES.indexOf(priority) + 1, PRIORITIES.length - 1)]!;
}

/** Approvals that nobody looks at within three days expire, unless whoever asks says otherwise. */
export function defaultExpiry(from: string): string {
  return shift(from, 72 * HOUR_MS);
}

function shift(instant: string, milliseconds: number): string {
  return new Date(Date.parse(instant) + milliseconds).toISOString();
}
