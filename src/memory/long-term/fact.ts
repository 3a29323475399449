/** Where a fact comes from. */
export const FACT_SOURCES = [
  'import',
  'triage',
  'engagement',
  'interaction',
  'conversation',
  'api',
  'consolidation',
] as const;
/** How sure a statement is that does not say. */
export const DEFAULT_CONFIDENCE = 0.9;
export type FactSource = (typeof FACT_SOURCES)[number];

/** Facts of which several values hold side by side; all others have one value at a time. */
const MULTI_VALUED: ReadonlySet<string> = new Set(['interest', 'preferred_channel']);

export function isMultiValued(name: string): boolean {
  return MULTI_VALUED.has(name);
}

/** A statement about a lead. What it does to what is believed already is decided by `applyStatement`. */
export interface NewFact {
  readonly lead_id: string;
  readonly name: string;
  /**
   * JSON; null says that nothing holds (any more). For a multi-valued name a list is the whole list, anything else
   * one more value.
   */
  readonly value: unknown;
  /** 0 to 1; 0 takes back what the same source said under the same `source_id`. */
  readonly confidence: number;
  readonly source: FactSource;
  /** Names the evidence: the same evidence told again counts once, with its latest confidence. */
  readonly source_id?: string;
  /** ISO instant; now when left out. */
  readonly valid_from?: string;
  /** ISO instant from which it does not hold any more; open when left out or null. */
  readonly valid_to?: string | null;
}

/** One statement that a fact rests on. */
export interface Evidence {
  readonly source: FactSource;
  readonly source_id: string | null;
  readonly confidence: number;
  /** When it was told. */
  readonly at: string;
  /** From when on it says that the value holds; from the beginning of the fact when left out. */
  readonly since?: string;
}
