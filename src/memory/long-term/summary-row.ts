import { type NewFact, isMultiValued } from './fact.js';
import type { LongTermMemory, MemoryFact } from './long-term.entities.js';

/** Something learned of a lead. What is left out stays as it is known. */
export interface LongTermEntry {
  readonly lead_id: string;
  readonly region?: string | null;
  readonly industry?: string | null;
  /** 0 to 1. */
  readonly rfm_score?: number;
  /** Taken into the known preferences name by name. */
  readonly preferences_json?: Readonly<Record<string, unknown>>;
}

type StatementBase = Omit<NewFact, 'lead_id' | 'name' | 'value'>;

/** The columns of the summary row that are facts of their own. */
const COLUMNS = ['region', 'industry', 'rfm_score'] as const;
/** Preferences that go by another name as facts. */
const FACT_OF_PREFERENCE: Readonly<Record<string, string>> = {
  interests: 'interest',
  preferred_channels: 'preferred_channel',
  best_contact_time: 'best_contact_hour',
};
const PREFERENCE_OF_FACT = new Map(Object.entries(FACT_OF_PREFERENCE).map(([preference, fact]) => [fact, preference]));

/**
 * Names that are facts of another meaning: a preference that has one anyway (from a data set) stays in its row and is
 * no fact.
 */
const RESERVED_PREFERENCES: ReadonlySet<string> = new Set([...COLUMNS, ...Object.values(FACT_OF_PREFERENCE)]);

const LISTS: ReadonlySet<string> = new Set(['interests', 'preferred_channels']);
const WINDOW = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;

/** @returns why a preference cannot be kept; undefined when it can. Null, which says that nothing holds, always can. */
export function faultOfPreference(name: string, value: unknown): string | undefined {
  if (RESERVED_PREFERENCES.has(name)) return 'is the name of a fact of another meaning; choose another';
  if (value === null) return undefined;
  if (LISTS.has(name) && !(Array.isArray(value) && value.every(isText))) return 'must be a list of texts';
  if (name === 'best_contact_time' && !(typeof value === 'string' && WINDOW.test(value)))
    return 'must be two times such as 09:00-11:00';
  return undefined;
}

/**
 * What can be kept of preferences that nobody checked, such as a data set's: of a list its texts, and nothing of
 * another wrong shape.
 */
export function soundPreferences(preferences: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(preferences).map(
    ([name, value]) => [name, LISTS.has(name) && Array.isArray(value) ? value.filter(isText) : value] as const,
  );
  return Object.fromEntries(kept.filter(([name, value]) => faultOfPreference(name, value) === undefined));
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

export function emptySummary(lead_id: string, now: string): LongTermMemory {
  // a lead of whom no purchase is known has the lowest score
  return { lead_id, region: null, industry: null, rfm_score: 0, preferences_json: {}, last_updated_at: now };
}

/**
 * A summary row, or a part of one, as statements. What it does not hold it says nothing about; null says that nothing
 * holds.
 */
export function statementsOf(
  { lead_id, preferences_json = {}, ...columns }: LongTermEntry,
  base: StatementBase,
): NewFact[] {
  return [
    ...COLUMNS.filter((name) => columns[name] !== undefined).map((name) => ({
      ...base,
      lead_id,
      name,
      value: columns[name],
    })),
    ...Object.entries(preferences_json).map(([name, value]) => ({
      ...base,
      lead_id,
      name: FACT_OF_PREFERENCE[name] ?? name,
      value: name === 'best_contact_time' ? hourOf(value) : value,
    })),
  ];
}

/**
 * The summary row after the facts of some names have changed: those columns and preferences follow, the others stay.
 * @param holding the lead's facts that hold now
 * @param names of the facts that changed
 */
export function updateSummary(
  row: LongTermMemory,
  holding: readonly MemoryFact[],
  names: ReadonlySet<string>,
  now: string,
): LongTermMemory {
  const after: LongTermMemory = { ...row, preferences_json: { ...row.preferences_json }, last_updated_at: now };
  for (const name of names) {
    const facts = holding.filter((each) => each.name === name);
    const value = facts[0]?.value_json ?? null;
    if (name === 'region' || name === 'industry') after[name] = typeof value === 'string' ? value : null;
    else if (name === 'rfm_score') after.rfm_score = typeof value === 'number' ? value : 0;
    else setPreference(after.preferences_json, name, facts);
  }
  return after;
}

function setPreference(preferences: Record<string, unknown>, factName: string, facts: readonly MemoryFact[]): void {
  const name = PREFERENCE_OF_FACT.get(factName) ?? factName;
  const values = [...facts].sort((a, b) => b.confidence - a.confidence).map(({ value_json }) => value_json);
  if (values.length === 0) delete preferences[name];
  else if (factName === 'best_contact_hour') preferences[name] = windowOf(values[0]);
  else preferences[name] = name === factName ? values[0] : values;
}

/** "09:00-11:00" as 9. Anything but two whole hours stays as it is. */
function hourOf(window: unknown): unknown {
  const match = typeof window === 'string' ? /^(\d{2}):00-(\d{2}):00$/.exec(window) : null;
  const hour = Number(match?.[1]);
  return match && hour < 24 && Number(match[2]) === (hour + 2) % 24 ? hour : window;
}

function windowOf(hour: unknown): unknown {
  if (!(Number.isInteger(hour) && (hour as number) >= 0 && (hour as number) < 24)) return hour;
  const clock = (each: number): string => `${String(each % 24).padStart(2, '0')}:00`;
  return `${clock(hour as number)}-${clock((hour as number) + 2)}`;
}

/**
 * What a data set says of a lead's firm is a matter of record; what it says of preferences was itself learned
 * somehow.
 */
const CONFIDENCE_OF_RECORD = 0.9;
const CONFIDENCE_OF_PREFERENCE = 0.7;
const ON_RECORD: ReadonlySet<string> = new Set(['region', 'industry']);

/**
 * The facts that an imported summary row holds. They are made when they are asked for and written when something is
 * learned about the lead, so that an import writes no more than its rows. Their times are those of the row: the data
 * set was believed from then on.
 */
export function importedFacts(row: LongTermMemory): MemoryFact[] {
  const { lead_id, last_updated_at: at } = row;
  const sound = { ...row, preferences_json: soundPreferences(row.preferences_json) };
  const statements = statementsOf(sound, { source: 'import', confidence: CONFIDENCE_OF_PREFERENCE, valid_from: at })
    .flatMap((fact) =>
      isMultiValued(fact.name) && Array.isArray(fact.value)
        ? fact.value.map((value: unknown) => ({ ...fact, value }))
        : [fact],
    )
    // a score of 0 is what a row has of which no purchase is known
    .filter(({ name, value }) => value !== null && !(name === 'rfm_score' && value === 0));
  return statements.map(({ name, value }, index): MemoryFact => {
    const confidence = ON_RECORD.has(name) ? CONFIDENCE_OF_RECORD : CONFIDENCE_OF_PREFERENCE;
    return {
      lead_id,
      fact_id: `fct_00_import_${String(index).padStart(3, '0')}`,
      name,
      value_json: value,
      confidence,
      source: 'import',
      source_id: null,
      evidence_json: [{ source: 'import', source_id: null, confidence, at }],
      valid_from: at,
      valid_to: null,
      recorded_at: at,
      closed_at: null,
    };
  });
}
