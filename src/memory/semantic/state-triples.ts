import { newId } from '../../config/index.js';
import type { ProvenanceKind, SemanticTriple, TripleProvenance } from './semantic.entities.js';
import { MAX_WEIGHT, MIN_WEIGHT, combineWeights, decayWeight } from './weigh-evidence.js';

/**
 * Predicates of which a subject has one object at a time: a new object ends the validity of the one before. All
 * others may hold of several objects at once, and an entry can say otherwise of itself (`is_single_valued`). The data
 * set's own predicates are not among them: it states `preferred_channel` and `located_in` of whole markets, with
 * several objects each.
 */
export const SINGLE_VALUED_PREDICATES: ReadonlySet<string> = new Set([
  'assigned_to',
  'best_next_action',
  'has_budget',
  'has_role',
  'has_stage',
  'has_status',
  'has_timeline',
  'headquartered_in',
  'lives_in',
  'owned_by',
  'reports_to',
  'speaks',
  'uses_plan',
  'works_at',
]);

/** Where a statement was learned. The same origin counts once for the same triple, however often it is told. */
export interface EntryProvenance {
  readonly kind: ProvenanceKind;
  readonly ref_id: string;
  /** The lead whose doings it tells of; of kind `lead` it is the `ref_id`. */
  readonly lead_id?: string | null;
}

/** A statement of a source. */
export interface TripleEntry {
  readonly subject: string;
  readonly predicate: string;
  readonly object: string;
  /** 0.1 to 1: how much this statement alone speaks for it. */
  readonly weight: number;
  readonly source: string;
  readonly subject_type?: string | null;
  readonly object_type?: string | null;
  /** Now when left out; null: since ever. */
  readonly valid_from?: string | null;
  readonly valid_to?: string | null;
  /** Whether a new object ends the one before; left out, the list of single-valued predicates says it. */
  readonly is_single_valued?: boolean;
  readonly provenance?: EntryProvenance;
}

/**
 * What the table holds about the entries: each triple with the same subject, predicate and object, and the rivals of
 * single-valued ones.
 */
export interface KnownTriples {
  readonly triples: readonly SemanticTriple[];
  readonly provenance: readonly Pick<TripleProvenance, 'triple_id' | 'kind' | 'ref_id'>[];
}

export interface StatedTriples {
  /** The triple of each entry, in their order. */
  readonly rows: SemanticTriple[];
  /** Those among them and their rivals that are to be written. */
  readonly changed: SemanticTriple[];
  readonly provenance: TripleProvenance[];
}

export function isSingleValued({ predicate, is_single_valued }: TripleEntry): boolean {
  return is_single_valued ?? SINGLE_VALUED_PREDICATES.has(predicate);
}

/**
 * What statements make of what is known. A valid triple that its source states again gains evidence and weight
 * (noisy-or over what decay has left); one that names an origin which was counted before changes nothing. A new
 * object of a single-valued predicate ends the old one where it begins itself, and one that tells of an earlier time
 * ends where the later begins.
 * @throws RangeError for a weight outside of 0.1 to 1, or an end that is not after the beginning
 */
export function stateTriples(known: KnownTriples, entries: readonly TripleEntry[], now: string): StatedTriples {
  const bySubject = new Map<string, SemanticTriple[]>();
  for (const row of known.triples) listOf(bySubject, row).push({ ...row });
  const recorded = new Set(known.provenance.map((row) => provenanceKey(row.triple_id, row)));
  const changed = new Set<SemanticTriple>();
  const provenance: TripleProvenance[] = [];
  const rows = entries.map((entry) => {
    check(entry, now);
    const others = listOf(bySubject, entry);
    const sameStatement = others.filter(({ object, source }) => object === entry.object && source === entry.source);
    const counted =
      entry.provenance &&
      sameStatement.find(({ triple_id }) => recorded.has(provenanceKey(triple_id, entry.provenance!)));
    if (counted) return counted;
    let row = sameStatement.find(({ valid_to }) => valid_to === null || valid_to > now);
    if (row) addEvidence(row, entry, now);
    else others.push((row = newTriple(entry, now)));
    changed.add(row);
    if (isSingleValued(entry)) {
      const rivals = others.filter(({ object }) => object !== entry.object);
      for (const rival of rivals)
        if (settle(row, rival, entry.valid_from === undefined ? now : entry.valid_from, now)) changed.add(rival);
    }
    if (entry.provenance) {
      recorded.add(provenanceKey(row.triple_id, entry.provenance));
      provenance.push(provenanceRow(row, entry, entry.provenance, now));
    }
    return row;
  });
  return { rows, changed: [...changed], provenance };
}

function check({ weight, valid_from, valid_to }: TripleEntry, now: string): void {
  if (!(weight >= MIN_WEIGHT && weight <= MAX_WEIGHT))
    throw new RangeError(`weight must be from ${MIN_WEIGHT} to ${MAX_WEIGHT}, got ${weight}`);
  const start = valid_from === undefined ? now : valid_from;
  if (valid_to != null && start !== null && valid_to <= start)
    throw new RangeError(`valid_to must be after valid_from (${start}), got ${valid_to}`);
}

function addEvidence(row: SemanticTriple, entry: TripleEntry, now: string): void {
  const left = decayWeight(row.stated_weight ?? row.weight, row.updated_at ?? now, now);
  row.weight = row.stated_weight = combineWeights(left, entry.weight);
  row.updated_at = now;
  row.evidence_count++;
  row.subject_type ??= entry.subject_type ?? null;
  row.object_type ??= entry.object_type ?? null;
  if (entry.valid_to !== undefined) row.valid_to = entry.valid_to;
  // another statement can tell that it held earlier already, not that it began later
  const { valid_from } = entry;
  if (valid_from === null || (valid_from !== undefined && row.valid_from !== null && valid_from < row.valid_from))
    row.valid_from = valid_from;
}

function newTriple({ subject, predicate, object, weight, source, ...entry }: TripleEntry, now: string): SemanticTriple {
  return {
    triple_id: newId('tri'),
    subject,
    predicate,
    object,
    weight,
    source,
    subject_type: entry.subject_type ?? null,
    object_type: entry.object_type ?? null,
    valid_from: entry.valid_from === undefined ? now : entry.valid_from,
    valid_to: entry.valid_to ?? null,
    recorded_at: now,
    updated_at: now,
    stated_weight: weight,
    evidence_count: 1,
  };
}

/** Ends one of two triples that cannot hold together. @returns whether the rival was changed */
function settle(row: SemanticTriple, rival: SemanticTriple, start: string | null, now: string): boolean {
  // of two that hold since ever the one stated last holds from now on
  const from = start ?? now;
  if (rival.valid_to !== null && rival.valid_to <= from) return false;
  if (rival.valid_from === null || rival.valid_from <= from) {
    rival.valid_to = from;
    return true;
  }
  if (row.valid_to === null || row.valid_to > rival.valid_from) row.valid_to = rival.valid_from;
  return false;
}

function provenanceRow(
  { triple_id }: SemanticTriple,
  { weight }: TripleEntry,
  { kind, ref_id, lead_id }: EntryProvenance,
  now: string,
): TripleProvenance {
  return { triple_id, kind, ref_id, lead_id: lead_id ?? (kind === 'lead' ? ref_id : null), weight, recorded_at: now };
}

function provenanceKey(tripleId: string, { kind, ref_id }: Pick<TripleProvenance, 'kind' | 'ref_id'>): string {
  return `${tripleId}\0${kind}\0${ref_id}`;
}

function listOf(
  lists: Map<string, SemanticTriple[]>,
  { subject, predicate }: Pick<TripleEntry, 'subject' | 'predicate'>,
): SemanticTriple[] {
  const key = `${subject}\0${predicate}`;
  let list = lists.get(key);
  if (!list) lists.set(key, (list = []));
  return list;
}
