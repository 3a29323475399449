interface PriorityTraits {
  /** How soon the lead should hear from us. */
  readonly respondWithinMinutes: number;
  /** How long a case may wait for a person before it climbs. */
  readonly patienceHours: number;
}

/** From the least to the most pressing. */
const TABLE = {
  low: { respondWithinMinutes: 1440, patienceHours: 72 },
  medium: { respondWithinMinutes: 240, patienceHours: 24 },
  high: { respondWithinMinutes: 60, patienceHours: 4 },
  urgent: { respondWithinMinutes: 15, patienceHours: 1 },
} as const satisfies Record<string, PriorityTraits>;

export type Priority = keyof typeof TABLE;
export const PRIORITY: Readonly<Record<Priority, PriorityTraits>> = TABLE;
export const PRIORITIES = Object.keys(TABLE) as readonly Priority[];
export const DEFAULT_PRIORITY: Priority = 'medium';

/** 0 for the most pressing. */
export function placeInLine(priority: Priority): number {
  return PRIORITIES.length - 1 - PRIORITIES.indexOf(priority);
}
