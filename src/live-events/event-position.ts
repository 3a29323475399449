/** A place in the stream: the number of a row, and the event within it. */
export interface EventPosition {
  readonly row: number;
  readonly index: number;
}

const FORM = /^(\d{1,15})-(\d{1,6})$/;

/** The place that an event id names; undefined for what is no event id. */
export function positionOf(eventId: string): EventPosition | undefined {
  const parts = FORM.exec(eventId);
  return parts ? { row: Number(parts[1]), index: Number(parts[2]) } : undefined;
}

export function idOf({ row, index }: EventPosition): string {
  return `${row}-${index}`;
}

export function isAfter(a: EventPosition, b: EventPosition): boolean {
  return a.row > b.row || (a.row === b.row && a.index > b.index);
}

/** Whether an event comes after a place; false for what are no event ids. */
export function isLaterEvent(eventId: string, than: string): boolean {
  const [a, b] = [positionOf(eventId), positionOf(than)];
  return a !== undefined && b !== undefined && isAfter(a, b);
}

/** The place after every event of a row. */
export function endOf(row: number): EventPosition {
  return { row, index: 999_999 };
}
