/** One place where two JSON values differ; null stands for what one of them lacks. */
export interface JsonDifference {
  /** As `lead.scores[2]`; empty if the values differ as a whole. */
  path: string;
  before: unknown;
  after: unknown;
}

const MAX_DIFFERENCES = 50;

/**
 * Where two JSON values differ, in the order of the first one's fields; the first 50 places at most. Numbers are equal
 * only to the last bit.
 */
export function jsonDifferences(before: unknown, after: unknown): JsonDifference[] {
  const found: JsonDifference[] = [];
  compare(before, after, '', found);
  return found;
}

/** A difference in words: `status was "New", is "Won"`. */
export function describeDifference({ path, before, after }: JsonDifference): string {
  return `${path || 'it'} was ${brief(before)}, is ${brief(after)}`;
}

function compare(before: unknown, after: unknown, path: string, found: JsonDifference[]): void {
  if (found.length >= MAX_DIFFERENCES || Object.is(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    for (let index = 0; index < length; index++) compare(before[index], after[index], `${path}[${index}]`, found);
  } else if (isRecord(before) && isRecord(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(before[name], after[name], path ? `${path}.${name}` : name, found);
    }
  } else if ((before ?? null) !== (after ?? null)) {
    found.push({ path, before: before ?? null, after: after ?? null });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function brief(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
