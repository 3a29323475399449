import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../../config/index.js';
import type { Reader, Unit } from '../../database/index.js';
import { invalid } from '../../operations/index.js';
import { readInParts } from '../read-by-keys.js';
import { type Applied, type StatementOutcome, applyStatement, holdsAt } from './apply-statement.js';
import type { NewFact } from './fact.js';
import { type LongTermMemory, MemoryFact } from './long-term.entities.js';
import { LongTermStore } from './long-term.store.js';
import { importedFacts, updateSummary } from './summary-row.js';

const MAX_NAME_LENGTH = 200;
/** Characters of JSON. */
const MAX_VALUE_LENGTH = 16_384;

export interface Learned {
  /** What became of each statement, in their order. */
  readonly outcomes: StatementOutcome[];
  /** The summary rows of the leads, as stored. */
  readonly rows: LongTermMemory[];
}

/**
 * Facts about leads. Nothing is overwritten: a belief that changes is closed and its successor is a row of its own,
 * so that it can be said later what was believed on a day. The summary row follows in the same unit.
 */
@Injectable()
export class FactStore {
  constructor(
    private readonly summaries: LongTermStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes statements in, in their order; see `applyStatement` for what becomes of each. @throws AppError invalid for
   * one that cannot be kept
   */
  async learn(unit: Unit, facts: readonly NewFact[], now: string): Promise<StatementOutcome[]> {
    return (
      await this.take(
        unit,
        facts.map(({ lead_id }) => lead_id),
        facts,
        now,
      )
    ).outcomes;
  }

  /** Like `learn`, with the summary rows of these leads, which are made where there are none. */
  async take(unit: Unit, leadIds: readonly string[], facts: readonly NewFact[], now: string): Promise<Learned> {
    if (leadIds.length === 0) return { outcomes: [], rows: [] };
    for (const fact of facts) check(fact);
    const rows = new Map((await this.summaries.hold(unit, leadIds, now)).map((row) => [row.lead_id, row]));
    const beliefs = await this.believedUnder(unit, [...rows.keys()], [...new Set(facts.map(({ name }) => name))]);
    const added: MemoryFact[] = [];
    for (const id of await this.neverWritten(
      unit,
      [...beliefs].flatMap(([id, known]) => (known.length === 0 ? [id] : [])),
    )) {
      const imported = importedFacts(rows.get(id)!);
      beliefs.get(id)!.push(...imported);
      added.push(...imported);
    }
    const closed: MemoryFact[] = [];
    const outcomes = facts.map((fact) => {
      const applied = applyStatement(
        beliefs.get(fact.lead_id)!.filter(({ name }) => name === fact.name),
        fact,
        now,
        newFactId,
      );
      beliefs.set(fact.lead_id, after(beliefs.get(fact.lead_id)!, applied));
      closed.push(...applied.closed);
      added.push(...applied.added);
      return applied.outcome;
    });
    await this.write(unit, closed, added, now);
    const changed = changedNames(facts, outcomes);
    for (const [id, names] of changed) {
      const holding = inOrder(beliefs.get(id)!.filter((each) => holdsAt(each, now)));
      rows.set(id, updateSummary(rows.get(id)!, holding, names, now));
    }
    await this.summaries.write(
      unit,
      [...changed.keys()].map((id) => rows.get(id)!),
    );
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
    return (await this.summaries.ofLeads(reader, [leadId])).flatMap(importedFacts);
  }

  /** @returns how many facts there were, closed ones too */
  forgetLead(unit: Unit, leadId: string): Promise<number> {
    return unit.of(MemoryFact).delete({ lead_id: leadId });
  }

  /** Per lead what is believed under these names. */
  private async believedUnder(
    unit: Unit,
    leadIds: readonly string[],
    names: string[],
  ): Promise<Map<string, MemoryFact[]>> {
    const beliefs = new Map(leadIds.map((id) => [id, [] as MemoryFact[]]));
    for (const fact of await readInParts(leadIds, (part) =>
      unit.of(MemoryFact).find({ lead_id: part, name: names, closed_at: null }),
    )) {
      beliefs.get(fact.lead_id)!.push(fact);
    }
    return beliefs;
  }

  /** Those of whom no fact was ever written: what their rows hold came with an import. */
  private async neverWritten(reader: Reader, leadIds: readonly string[]): Promise<string[]> {
    const written = await readInParts(leadIds, (part) =>
      reader.query(
        `SELECT DISTINCT lead_id FROM memory_facts WHERE lead_id IN (${part.map(() => '?').join(',')})`,
        part,
      ),
    );
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
    const rows = (
      summaries ??
      (await this.summaries.ofLeads(
        reader,
        ids.filter((id) => !known.has(id)),
      ))
    ).filter(({ lead_id }) => !known.has(lead_id));
    const imported = new Set(
      await this.neverWritten(
        reader,
        rows.map(({ lead_id }) => lead_id),
      ),
    );
    return [...facts, ...rows.filter(({ lead_id }) => imported.has(lead_id)).flatMap(importedFacts)];
  }

  /** What came and went within these statements was never believed by anybody else, and is not written at all. */
  private async write(
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
    await unit.of(MemoryFact).insert([...imported, ...added.filter((fact) => !isGone.has(fact))]);
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
  const { length } = JSON.stringify(value);
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
