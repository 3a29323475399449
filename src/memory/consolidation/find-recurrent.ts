/** How many leads of a group hold a value of a fact. */
export interface ValueCount {
  /** Such as an industry. */
  readonly group: string;
  readonly value: string;
  readonly leads: number;
}

/** A value that a group holds more often than the others do. */
export interface RecurrentFact {
  readonly group: string;
  readonly value: string;
  /** Leads of the group that hold it. */
  readonly support: number;
  /** Leads of the group of whom the fact is known at all. */
  readonly known: number;
  /** Share of the group that holds it, shrunk to the share among all. */
  readonly share: number;
  readonly share_of_all: number;
}

/** Leads of the overall share that are mixed into a group's own. */
const SHRINKAGE_LEADS = 20;
export const MIN_SUPPORT = 5;
const MIN_SHARE = 0.1;
/**
 * Standard errors above the overall share: many values of many groups are looked at together, and some stand out by
 * chance.
 */
const MIN_Z = 3;

/**
 * What is told of a group as a whole: values held by at least 5 of its leads, by at least a tenth, and by so many
 * more of them than of all leads that chance does not do it, z = (support − known · p) / √(known · p · (1 − p)) ≥ 3
 * with p the share of all. The share is shrunk: (support + 20 · p) / (known + 20).
 * @param known per group, the leads of whom the fact is known; a lead may hold several values
 * @returns ordered by group, the largest share first
 */
export function findRecurrent(counts: readonly ValueCount[], known: ReadonlyMap<string, number>): RecurrentFact[] {
  const leads = [...known.values()].reduce((sum, each) => sum + each, 0);
  const byValue = new Map<string, number>();
  for (const { value, leads: support } of counts) byValue.set(value, (byValue.get(value) ?? 0) + support);
  const found: RecurrentFact[] = [];
  for (const { group, value, leads: support } of counts) {
    const inGroup = known.get(group) ?? 0;
    if (support < MIN_SUPPORT || inGroup === 0) continue;
    const shareOfAll = byValue.get(value)! / leads;
    const share = (support + SHRINKAGE_LEADS * shareOfAll) / (inGroup + SHRINKAGE_LEADS);
    const deviation = Math.sqrt(inGroup * shareOfAll * (1 - shareOfAll));
    if (share < MIN_SHARE || support - inGroup * shareOfAll < MIN_Z * deviation || share <= shareOfAll) continue;
    found.push({ group, value, support, known: inGroup, share: round(share), share_of_all: round(shareOfAll) });
  }
  return found.sort((one, other) =>
    one.group === other.group
      ? other.share - one.share || compare(one.value, other.value)
      : compare(one.group, other.group),
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
