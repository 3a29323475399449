import { isDeepStrictEqual } from 'node:util';
import { combineEvidence, strongestFirst, withEvidence } from './combine-evidence.js';
import { type Evidence, type NewFact, isMultiValued } from './fact.js';
import type { MemoryFact } from './long-term.entities.js';

/**
 * - added: a value that was not known · confirmed: more (or less) evidence for a known one · displaced: took the
 * place of another ·
 * - history: holds only until a newer value that stands · ended: what was known does not hold any more ·
 * - refused: the value that stands is more than twice as sure · unchanged: known already, or nothing to take back
 */
export type StatementOutcome = 'added' | 'confirmed' | 'displaced' | 'history' | 'ended' | 'refused' | 'unchanged';

export interface Applied {
  /** Believed until now, and from now on not any more. */
  readonly closed: readonly MemoryFact[];
  readonly added: readonly MemoryFact[];
  readonly outcome: StatementOutcome;
}

/** Of two contradicting values the newer one holds, unless it is less than this share as sure as the older. */
const NEWER_WINS_FROM = 0.5;

const UNCHANGED: Applied = { closed: [], added: [], outcome: 'unchanged' };

/**
 * What a statement does to what is believed of a lead under one name. Contradictions are settled by validity: the
 * value that holds from later on takes over at that moment, and the older one ends there; only when the newer is less
 * than half as sure does the older one stand. The rule looks at the pair alone, so the order in which two statements
 * arrive does not matter.
 * @param believed all facts of the lead and name that are believed now, whatever their validity
 * @param newFactId makes an id
 */
export function applyStatement(
  believed: readonly MemoryFact[],
  fact: NewFact,
  now: string,
  newFactId: () => string,
): Applied {
  if (fact.value === null) return endAll(believed, fact, now, newFactId);
  if (fact.confidence === 0) return takeBack(believed, fact, now, newFactId);
  if (!isMultiValued(fact.name)) return stateSingle(believed, fact, now, newFactId);
  if (Array.isArray(fact.value)) return stateList(believed, fact, fact.value, now, newFactId);
  const known = believed.find(
    (each) => isDeepStrictEqual(each.value_json, fact.value) && holdsAt(each, fact.valid_from ?? now),
  );
  return known
    ? confirm(known, fact, now, newFactId)
    : { closed: [], added: [rowOf(fact, now, newFactId)], outcome: 'added' };
}

export function holdsAt({ valid_from, valid_to }: Pick<MemoryFact, 'valid_from' | 'valid_to'>, at: string): boolean {
  return valid_from <= at && (valid_to === null || at < valid_to);
}

/** Puts the value of a single-valued fact into the line of those that held one after the other. */
function stateSingle(believed: readonly MemoryFact[], fact: NewFact, now: string, newFactId: () => string): Applied {
  const from = fact.valid_from ?? now;
  const before = believed.find((each) => holdsAt(each, from));
  if (before && isDeepStrictEqual(before.value_json, fact.value)) return confirm(before, fact, now, newFactId);
  if (before && fact.confidence < NEWER_WINS_FROM * before.confidence)
    return { closed: [], added: [], outcome: 'refused' };
  let row = rowOf(fact, now, newFactId);
  const closed: MemoryFact[] = [];
  const added: MemoryFact[] = [];
  if (before) {
    closed.push(before);
    if (before.valid_from < from) added.push({ ...before, fact_id: newFactId(), valid_to: from, recorded_at: now });
  }
  const restated = before && restatementOf(before, from, now, newFactId);
  if (
    restated &&
    (row.valid_to === null || restated.valid_from < row.valid_to) &&
    restated.confidence >= NEWER_WINS_FROM * fact.confidence
  ) {
    return { closed, added: [...added, restated, { ...row, valid_to: restated.valid_from }], outcome: 'history' };
  }
  if (before && row.valid_to !== null && (before.valid_to === null || row.valid_to < before.valid_to)) {
    added.push({ ...before, fact_id: newFactId(), valid_from: row.valid_to, recorded_at: now });
  }
  let outcome: StatementOutcome = before ? 'displaced' : 'added';
  for (const later of believed.filter(({ valid_from }) => valid_from > from).sort(byValidFrom)) {
    if (row.valid_to !== null && row.valid_to <= later.valid_from) break;
    if (isDeepStrictEqual(later.value_json, fact.value)) {
      closed.push(later);
      row = { ...withStatement(later, fact, now), fact_id: row.fact_id, valid_from: from };
      outcome = before ? 'displaced' : 'confirmed';
      break;
    }
    if (later.confidence >= NEWER_WINS_FROM * fact.confidence) {
      row = { ...row, valid_to: later.valid_from };
      outcome = 'history';
      break;
    }
    closed.push(later);
    outcome = 'displaced';
  }
  return { closed, added: [...added, row], outcome };
}

/**
 * What was said of a fact for a time after `from`: it still holds from the first such time on, when another value
 * comes between.
 */
function restatementOf(fact: MemoryFact, from: string, now: string, newFactId: () => string): MemoryFact | undefined {
  const later = fact.evidence_json.filter(
    ({ since = fact.valid_from }) => since > from && (fact.valid_to === null || since < fact.valid_to),
  );
  if (later.length === 0) return undefined;
  const valid_from = later.map(({ since }) => since!).reduce((one, other) => (other < one ? other : one));
  return { ...resting(fact, later), fact_id: newFactId(), valid_from, recorded_at: now };
}

/** The whole list of a multi-valued fact: what it does not name ends, the rest is stated one by one. */
function stateList(
  believed: readonly MemoryFact[],
  fact: NewFact,
  values: readonly unknown[],
  now: string,
  newFactId: () => string,
): Applied {
  const at = fact.valid_from ?? now;
  const distinct = values.filter(
    (value, index) => values.findIndex((each) => isDeepStrictEqual(each, value)) === index,
  );
  const gone = believed.filter(
    (each) => holdsAt(each, at) && !distinct.some((value) => isDeepStrictEqual(each.value_json, value)),
  );
  const parts = [
    ...(gone.length > 0 ? [end(gone, at, now, newFactId)] : []),
    ...distinct.map((value) => applyStatement(believed, { ...fact, value }, now, newFactId)),
  ];
  const outcome = parts.map((part) => part.outcome).find((each) => each !== 'unchanged') ?? 'unchanged';
  return { closed: parts.flatMap(({ closed }) => closed), added: parts.flatMap(({ added }) => added), outcome };
}

function confirm(known: MemoryFact, fact: NewFact, now: string, newFactId: () => string): Applied {
  const row = { ...withStatement(known, fact, now), fact_id: newFactId() };
  const ends = fact.valid_to != null && (known.valid_to === null || fact.valid_to < known.valid_to);
  if (ends) return { closed: [known], added: [{ ...row, valid_to: fact.valid_to! }], outcome: 'ended' };
  if (isDeepStrictEqual(withoutTimes(row.evidence_json), withoutTimes(known.evidence_json))) return UNCHANGED;
  return { closed: [known], added: [row], outcome: 'confirmed' };
}

/** The source does not say so any more: its evidence goes, and with the last of it the fact ends. */
function takeBack(believed: readonly MemoryFact[], fact: NewFact, now: string, newFactId: () => string): Applied {
  const at = fact.valid_from ?? now;
  const known = believed.find((each) => isDeepStrictEqual(each.value_json, fact.value) && holdsAt(each, at));
  if (!known) return UNCHANGED;
  const row = withStatement(known, fact, now);
  if (row.evidence_json.length === known.evidence_json.length) return UNCHANGED;
  if (row.evidence_json.length === 0) return end([known], at, now, newFactId);
  return { closed: [known], added: [{ ...row, fact_id: newFactId() }], outcome: 'confirmed' };
}

function endAll(believed: readonly MemoryFact[], fact: NewFact, now: string, newFactId: () => string): Applied {
  const at = fact.valid_from ?? now;
  const holding = believed.filter((each) => each.valid_to === null || at < each.valid_to);
  return holding.length === 0 ? UNCHANGED : end(holding, at, now, newFactId);
}

function end(facts: readonly MemoryFact[], at: string, now: string, newFactId: () => string): Applied {
  const added = facts
    .filter(({ valid_from }) => valid_from < at)
    .map((each) => ({ ...each, fact_id: newFactId(), valid_to: at, recorded_at: now }));
  return { closed: facts, added, outcome: 'ended' };
}

function rowOf(fact: NewFact, now: string, newFactId: () => string): MemoryFact {
  return {
    lead_id: fact.lead_id,
    fact_id: newFactId(),
    name: fact.name,
    value_json: fact.value,
    confidence: fact.confidence,
    source: fact.source,
    source_id: fact.source_id ?? null,
    evidence_json: [evidenceOf(fact, now)],
    valid_from: fact.valid_from ?? now,
    valid_to: fact.valid_to ?? null,
    recorded_at: now,
    closed_at: null,
  };
}

function withStatement(known: MemoryFact, fact: NewFact, now: string): MemoryFact {
  return { ...resting(known, withEvidence(known.evidence_json, evidenceOf(fact, now))), recorded_at: now };
}

/** The fact as it is when it rests on this evidence. */
function resting(fact: MemoryFact, evidence_json: Evidence[]): MemoryFact {
  const { source, source_id } = strongestFirst(evidence_json)[0] ?? fact;
  return { ...fact, confidence: combineEvidence(evidence_json), evidence_json, source, source_id };
}

function evidenceOf({ source, source_id, confidence, valid_from }: NewFact, now: string): Evidence {
  return { source, source_id: source_id ?? null, confidence, at: now, since: valid_from ?? now };
}

/** When the same evidence was told last does not make it other evidence. */
function withoutTimes(evidence: readonly Evidence[]): unknown[] {
  return strongestFirst(evidence)
    .map(({ source, source_id, confidence }) => ({ source, source_id, confidence }))
    .sort(bySource);
}

function bySource(
  a: { source: string; source_id: string | null },
  b: { source: string; source_id: string | null },
): number {
  const [one, other] = [`${a.source}/${a.source_id}`, `${b.source}/${b.source_id}`];
  return one < other ? -1 : one > other ? 1 : 0;
}

function byValidFrom(a: MemoryFact, b: MemoryFact): number {
  return a.valid_from < b.valid_from ? -1 : 1;
}
