type Time = string;

/** What the simulation did, as it was done: rules are checked against this, not against what Herald made of it. */
export class SimulationRecord {
  /** Words for and against being written to, by lead, in the order of their time. */
  readonly words = new Map<string, { at: Time; isYes: boolean }[]>();
  /** Leads that objected to a message. */
  readonly objections = new Set<string>();
  /** When mailboxes were found to be gone, by lead. */
  readonly hardBounces = new Map<string, Time>();
  /** When a person ended the lead's way: it was set to Unqualified or Converted, or it bought. */
  readonly ends = new Map<string, Time>();
  /** When nothing was to go out for a campaign; the last span may be open. */
  readonly stops = new Map<string, { from: Time; to: Time | null }[]>();
  /** Suppressions that people entered, by lead. */
  readonly suppressed = new Map<string, { from: Time; to: Time | null }[]>();
  /** What was done, and how often. */
  readonly counts: Record<string, number> = {};

  say(leadId: string, at: Time, isYes: boolean): void {
    this.words.set(leadId, [...(this.words.get(leadId) ?? []), { at, isYes }]);
  }

  object(leadId: string, at: Time): void {
    this.objections.add(leadId);
    this.say(leadId, at, false);
  }

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  /** Whether the last word before an instant was a no. */
  hasObjected(leadId: string, at: Time): boolean {
    const last = (this.words.get(leadId) ?? []).findLast((word) => word.at < at);
    return last !== undefined && !last.isYes;
  }

  isWithin(spans: ReadonlyMap<string, readonly { from: Time; to: Time | null }[]>, id: string, at: Time): boolean {
    return (spans.get(id) ?? []).some(({ from, to }) => from < at && (to === null || at < to));
  }
}
