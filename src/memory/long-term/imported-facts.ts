import type { LongTermMemory } from './long-term.entity.js';
import { isMultiValued } from './fact.js';
import type { MemoryFact } from './memory-fact.entity.js';
import { soundPreferences, statementsOf } from './summary-row.js';

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
