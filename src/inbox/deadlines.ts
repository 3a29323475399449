import {
  ESCALATION_REASON,
  ESCALATION_REASONS,
  type EscalationReason,
  PRIORITIES,
  PRIORITY,
  type Priority,
} from '../vocabulary/index.js';

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

/** Cases that remind alike: half of their wait before they are due. */
export interface ReminderGroup {
  readonly where: { readonly reason: readonly EscalationReason[]; readonly priority?: Priority };
  readonly halfMs: number;
}

const FAST = ESCALATION_REASONS.filter((reason) => ESCALATION_REASON[reason].dueMinutes !== undefined);
const OTHERS = ESCALATION_REASONS.filter((reason) => !FAST.includes(reason));

/** Together all cases, each in one group. */
export const REMINDER_GROUPS: readonly ReminderGroup[] = [
  ...PRIORITIES.map((priority) => ({ where: { reason: OTHERS, priority }, halfMs: patienceMs(priority) / 2 })),
  ...FAST.map((reason) => ({
    where: { reason: [reason] },
    halfMs: (ESCALATION_REASON[reason].dueMinutes! * MINUTE_MS) / 2,
  })),
];

/** A case of the group due by this time has used up half of its wait at `now`: the moment for a reminder. */
export function remindIfDueBy({ halfMs }: ReminderGroup, now: string): string {
  return shift(now, halfMs);
}

/** When a case of the group that is due by `due` has used up half of its wait. */
export function remindAt({ halfMs }: ReminderGroup, due: string): string {
  return shift(due, -halfMs);
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
