import { invalid } from '../errors/index.js';

const DAY = /^\d{4}-\d\d-\d\d$/;

/**
 * The last moment of a day.
 * @param now the clock's now, ISO instant
 * @throws AppError invalid when the text is no day of the calendar, or the day begins after now
 */
export function parseDay(text: string, now: string): string {
  const end = `${text}T23:59:59.999Z`;
  const isDay = DAY.test(text) && !Number.isNaN(Date.parse(end)) && new Date(end).toISOString() === end;
  if (!isDay) throw invalid('as_of', `"${text}" is no day; it is written YYYY-MM-DD, or "now" for the clock's`);
  if (text > now.slice(0, 10)) throw invalid('as_of', `${text} has not come yet`);
  return end < now ? end : now;
}
