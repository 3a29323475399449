import { DateTime } from 'luxon';

const QUARTER_HOUR_MS = 900_000;
/** Asking the zone database costs 50 µs, and the same few hours are asked for again and again. */
const offsets = new Map<string, number>();
const MAX_REMEMBERED = 10_000;

/**
 * How far the clocks of a zone are ahead of UTC at an instant, in minutes. Offsets change on quarter-hours only.
 * @param instant in milliseconds
 */
export function offsetAt(instant: number, zone: string): number {
  const key = `${zone}/${Math.floor(instant / QUARTER_HOUR_MS)}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    offset = DateTime.fromMillis(instant, { zone }).offset;
    if (offsets.size >= MAX_REMEMBERED) offsets.clear();
    offsets.set(key, offset);
  }
  return offset;
}
