import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../../config/index.js';
import type { Reader, Unit } from '../../database/index.js';
import { invalid } from '../../errors/index.js';
import { queryInParts, readInParts } from '../read-by-keys.js';
import { type Applied, type StatementOutcome, applyStatement, holdsAt } from './apply-statement.js';
import { DEFAULT_CONFIDENCE, type NewFact } from './fact.js';
import { LongTermMemory, MemoryFact } from './long-term.entities.js';
import {
  type LongTermEntry,
  emptySummary,
  faultOfPreference,
  importedFacts,
  statementsOf,
  updateSummary,
} from './summary-row.js';

const MAX_NAME_LENGTH = 200;
/** Characters of JSON. */
const MAX_VALUE_LENGTH = 16_384;

/** What is added to long-term memory, with who says so. */
export type RememberedEntry = LongTermEntry &
  Partial<Pick<NewFact, 'confidence' | 'source' | 'source_id' | 'valid_from' | 'valid_to'>>;

export interface Learned {
  /** What became of each statement, in their order. */
  readonly outcomes: StatementOutcome[];
  /** The summary rows of the leads, as stored. */
  readonly rows: LongTermMemory[];
}

/** Statements about leads, and what is known about their rows besides. */
export interface Statements {
  /** Whose rows are wanted; made where there are none. */
  readonly leadIds: readonly string[];
  readonly facts: readonly NewFact[];
  /** Scores that the rows show from now on, whatever was stated of them before. */
  readonly rfmScores?: ReadonlyMap<string, number>;
}

/**
 * Facts about leads, and per lead a row that sums up what holds. Nothing is overwritten: a belief that changes is
 * closed and its successor is a row of its own, so that it can be said later what was believed on a day. The summary
 * row follows in the same unit.
 */
@Injectable()
export class LongTermStore {
  constructor(private readonly clock: Clock) {}

  /** The summary rows of leads. */
  summariesOf(reader: Reader, leadIds: Iterable<string>): Promise<LongTermMemory[]> {
    return readInParts(leadIds, (part) => reader.of(LongTermMemory).find({ lead_id: part }));
  }

  /**
   * Takes statements in, in their order; see `applyStatement` for what becomes of each. @throws AppError invalid for
   * one that cannot be kept
   */
  async learn(unit: Unit, facts: readonly NewFact[], now: string): Promise<StatementOutcome[]> {
    return (await this.take(unit, { leadIds: facts.map(({ lead_id }) => lead_id), facts }, now)).outcomes;
  }

  /** Takes rows, or parts of them, as statements, in the order given. @returns the summary rows */
  async remember(unit: Unit, entries: readonly RememberedEntry[], now: string): Promise<LongTermMemory[]> {
    const facts = entries.flatMap(
      ({ confidence = DEFAULT_CONFIDENCE, source = 'api', source_id, valid_from, valid_to, ...entry }) => {
        for (const [name, value] of Object.entries(entry.preferences_json ?? {})) {
          const fault = faultOfPreference(name, value);
          if (fault) throw invalid(`preferences_json.${name}`, fault);
        }
        return statementsOf(entry, {
          confidence,
          source,
          ...(source_id && { source_id }),
          ...(valid_from && { valid_from }),
          ...(valid_to && { valid_to }),
        });
      },
    );
    return (await this.take(unit, { leadIds: entries.map(({ lead_id }) => lead_id), facts }, now)).rows;
  }

  /** Like `learn`, with the summary rows. */
  async take(unit: Unit, { leadIds, facts, rfmScores }: Statements, now: string): Promise<Learned> {
    if (leadIds.length === 0) return { outcomes: [], rows: [] };
    for (const fact of facts) check(fact);
    const rows = await this.holdSummaries(unit, leadIds, now);
    const { beliefs, added } = await this.beliefsUnder(unit, rows, new Set(facts.map(({ name }) => name)));
    const closed: MemoryFact[] = [];
    const outcomes = facts.map((fact) => {
      const known = beliefs.get(fact.lead_id)!;
      const sameName = known.filter(({ name }) => name === fact.name);
      const applied = applyStatement(sameName, fact, now, newFactId);
      beliefs.set(fact.lead_id, after(known, applied));
      closed.push(...applied.closed);
      added.push(...applied.added);
      return applied.outcome;
    });
    await this.writeFacts(unit, closed, added, now);
    const changed = changedNames(facts, outcomes);
    for (const id of rfmScores?.keys() ?? []) if (!changed.has(id)) changed.set(id, new Set());
    for (const [id, names] of changed) {
      const holding = beliefs.get(id)!.filter((each) => holdsAt(each, now));
      const row = updateSummary(rows.get(id)!, inOrder(holding), names, now);
      rows.set(id, { ...row, rfm_score: rfmScores?.get(id) ?? row.rfm_score });
    }
    if (changed.size > 0) await unit.of(LongTermMemory).upsert(Array.from(changed.keys(), (id) => rows.get(id)!));
    return { outcomes, rows: [...rows.values()] };
  }

  /**
   * What is believed now and holds at a moment (now when left out), the surest of each name first.
   * @param summaries the leads' rows, from who has read them
   */
  async factsOf(
    reader: Reader,
    leadIds: Iterable<string>,
    at: string = this.clock.iso(),
    summaries?: readonly LongTermMemory[],
  ): Promise<MemoryFact[]> {
    return (await this.believed(reader, leadIds, summaries))
      .filter((fact) => holdsAt(fact, at))
      .sort(byNameAndConfidence);
  }

  /** What was believed of a lead at `knownAt` about what held at `at`. */
  async factsAsOf(reader: Reader, leadId: string, at: string, knownAt: string): Promise<MemoryFact[]> {
    const all = await this.everBelieved(reader, leadId);
    const wasBelieved = ({ recorded_at, closed_at }: MemoryFact): boolean =>
      recorded_at <= knownAt && (closed_at === null || knownAt < closed_at);
    return all.filter((fact) => wasBelieved(fact) && holdsAt(fact, at)).sort(byNameAndConfidence);
  }

  /** Every belief that there was about a lead, in the order in which they came. */
  async everBelieved(reader: Reader, leadId: string): Promise<MemoryFact[]> {
    const facts = await reader.of(MemoryFact).find({ lead_id: leadId }, { order: { fact_id: 'asc' } });
    if (facts.length > 0) return facts;
    return (await this.summariesOf(reader, [leadId])).flatMap(importedFacts);
  }

  /** @returns how many rows there were: the summary, and facts, closed ones too */
  async forgetLead(unit: Unit, leadId: string): Promise<number> {
    return (
      (await unit.of(LongTermMemory).delete({ lead_id: leadId })) +
      (await unit.of(MemoryFact).delete({ lead_id: leadId }))
    );
  }

  /** The rows of these leads, made where there are none, and locked so that one unit at a time learns about a lead. */
  private async holdSummaries(
    unit: Unit,
    leadIds: readonly string[],
    now: string,
  ): Promise<Map<string, LongTermMemory>> {
    const rows = unit.of(LongTermMemory);
    const byId = new Map<string, LongTermMemory>();
    const lock = unit.dialect === 'postgres' ? 'ORDER BY lead_id FOR UPDATE' : '';
    const hold = async (ids: readonly string[]) => {
      const found = await queryInParts(unit, 'SELECT * FROM memory_long_term WHERE lead_id IN', ids, lock);
      for (const row of found) byId.set(row.lead_id as string, rows.decode(row));
    };
    // in the order of their ids, so that two units do not wait for each other
    const sorted = leadIds.length === 1 ? leadIds : [...new Set(leadIds)].sort();
    await hold(sorted);
    if (byId.size === sorted.length) return byId;
    const made = sorted.filter((id) => !byId.has(id)).map((id) => emptySummary(id, now));
    if ((await rows.insertNew(made)) === made.length) for (const row of made) byId.set(row.lead_id, row);
    else await hold(made.map(({ lead_id }) => lead_id));
    return byId;
  }

  /**
   * Per lead what is believed under these names, and what of it is not written yet: the facts of an imported row, of
   * a lead of whom no fact was ever written.
   */
  private async beliefsUnder(
    unit: Unit,
    summaries: ReadonlyMap<string, LongTermMemory>,
    names: ReadonlySet<string>,
  ): Promise<{ beliefs: Map<string, MemoryFact[]>; added: MemoryFact[] }> {
    const beliefs = new Map<string, MemoryFact[]>();
    const facts = unit.of(MemoryFact);
    // all names at once: a lead has a handful, and that there are any says that they were written
    const head = 'SELECT * FROM memory_facts WHERE closed_at IS NULL AND lead_id IN';
    for (const row of await queryInParts(unit, head, [...summaries.keys()])) {
      const leadId = row.lead_id as string;
      let known = beliefs.get(leadId);
      if (!known) beliefs.set(leadId, (known = []));
      if (names.has(row.name as string)) known.push(facts.decode(row));
    }
    const added: MemoryFact[] = [];
    if (beliefs.size === summaries.size) return { beliefs, added };
    const without = [...summaries.keys()].filter((id) => !beliefs.has(id));
    for (const id of without) beliefs.set(id, []);
    for (const id of await this.neverWritten(unit, without)) {
      const imported = importedFacts(summaries.get(id)!);
      beliefs.set(id, imported);
      added.push(...imported);
    }
    return { beliefs, added };
  }

  /** Those of whom no fact was ever written: what their rows hold came with an import. */
  private async neverWritten(reader: Reader, leadIds: readonly string[]): Promise<string[]> {
    if (leadIds.length === 0) return [];
    const written = await queryInParts(reader, 'SELECT DISTINCT lead_id FROM memory_facts WHERE lead_id IN', leadIds);
    const known = new Set(written.map(({ lead_id }) => lead_id));
    return leadIds.filter((id) => !known.has(id));
  }

  private async believed(
    reader: Reader,
    leadIds: Iterable<string>,
    summaries?: readonly LongTermMemory[],
  ): Promise<MemoryFact[]> {
    const ids = [...new Set(leadIds)];
    const facts = await readInParts(ids, (part) => reader.of(MemoryFact).find({ lead_id: part, closed_at: null }));
    const known = new Set(facts.map(({ lead_id }) => lead_id));
    const unknown = ids.filter((id) => !known.has(id));
    const rows = (summaries ?? (await this.summariesOf(reader, unknown))).filter(({ lead_id }) => !known.has(lead_id));
    const ownIds = rows.map(({ lead_id }) => lead_id);
    const imported = new Set(await this.neverWritten(reader, ownIds));
    return [...facts, ...rows.filter(({ lead_id }) => imported.has(lead_id)).flatMap(importedFacts)];
  }

  /** What came and went within these statements was never believed by anybody else, and is not written at all. */
  private async writeFacts(
    unit: Unit,
    closed: readonly MemoryFact[],
    added: readonly MemoryFact[],
    now: string,
  ): Promise<void> {
    const isNew = new Set(added);
    const isGone = new Set(closed);
    const imported = added
      .filter((fact) => isGone.has(fact) && fact.recorded_at < now)
      .map((fact) => ({ ...fact, closed_at: now }));
    const rows = [...imported, ...added.filter((fact) => !isGone.has(fact))];
    if (rows.length > 0) await unit.of(MemoryFact).insert(rows);
    const byLead = new Map<string, string[]>();
    for (const fact of closed) {
      if (isNew.has(fact)) continue;
      byLead.set(fact.lead_id, [...(byLead.get(fact.lead_id) ?? []), fact.fact_id]);
    }
    for (const [lead_id, fact_id] of byLead) await unit.of(MemoryFact).update({ lead_id, fact_id }, { closed_at: now });
  }
}

function check({ name, value, confidence, valid_from, valid_to }: NewFact): void {
  if (name.length === 0 || name.length > MAX_NAME_LENGTH)
    throw invalid('name', `must have 1 to ${MAX_NAME_LENGTH} characters`);
  if (!(confidence >= 0 && confidence <= 1)) throw invalid('confidence', `must be from 0 to 1, got ${confidence}`);
  if (value === undefined) throw invalid(name, 'must be a JSON value');
  const length = typeof value === 'number' ? 0 : JSON.stringify(value).length;
  if (length > MAX_VALUE_LENGTH)
    throw invalid(name, `must be at most ${MAX_VALUE_LENGTH} characters of JSON, has ${length}`);
  if (valid_from !== undefined && valid_to != null && valid_to <= valid_from)
    throw invalid('valid_to', 'must be later than valid_from');
}

function after(beliefs: readonly MemoryFact[], { closed, added }: Applied): MemoryFact[] {
  return closed.length === 0 ? [...beliefs, ...added] : [...beliefs.filter((each) => !closed.includes(each)), ...added];
}

/** Per lead the names under which something changed. */
function changedNames(facts: readonly NewFact[], outcomes: readonly StatementOutcome[]): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  facts.forEach(({ lead_id, name }, index) => {
    if (outcomes[index] === 'unchanged' || outcomes[index] === 'refused') return;
    names.set(lead_id, (names.get(lead_id) ?? new Set()).add(name));
  });
  return names;
}

function newFactId(): string {
  return newId('fct');
}

function inOrder(facts: MemoryFact[]): MemoryFact[] {
  return facts.sort((a, b) => (a.fact_id < b.fact_id ? -1 : 1));
}

function byNameAndConfidence(a: MemoryFact, b: MemoryFact): number {
  if (a.lead_id !== b.lead_id) return a.lead_id < b.lead_id ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : b.confidence - a.confidence || (a.fact_id < b.fact_id ? -1 : 1);
}
