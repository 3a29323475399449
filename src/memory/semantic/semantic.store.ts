import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { Database, type Reader, type Unit, marks } from '../../database/index.js';
import { readByTuples, readInParts } from '../read-by-keys.js';
import { type Direction, type Edge, byWeight, edgeReader, validTriplesSql } from './edge-reader.js';
import { SemanticTriple, TripleProvenance } from './semantic.entities.js';
import { type KnownTriples, type TripleEntry, isSingleValued, stateTriples } from './state-triples.js';
import { MIN_WEIGHT, decayWeight } from './weigh-evidence.js';

export interface TripleQuery {
  readonly subject?: string;
  readonly predicate?: string;
  readonly object?: string;
  /** The moment at which the triples hold; now when left out. */
  readonly at?: string;
  readonly limit: number;
}

export interface NeighbourQuery {
  readonly direction?: Direction;
  readonly predicate?: string;
  readonly at?: string;
  readonly limit: number;
}

export interface DecayStep {
  /** How many weights were written. */
  readonly decayed: number;
  /** Where the next step goes on (`after`), or null when all triples were looked at. */
  readonly next: string | null;
}

/** A triple about a lead or learned from it, with the statements that name the lead as their origin. */
export type LeadTriple = SemanticTriple & { readonly provenance: readonly TripleProvenance[] };

const DECAYED_AT_ONCE = 5_000;
/**
 * A weight is written again once it has moved by this much, so that a nightly decay does not rewrite the whole graph.
 */
const SMALLEST_CHANGE = 0.01;
const PREFIX_ENTITIES = 20;
/** Any number besides the migrations' own. */
const STATEMENT_LOCK = 7_246_254;
const LOCK_BUCKETS = 256;

/** The knowledge graph's triples. */
@Injectable()
export class SemanticStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes in statements, in their order; see `stateTriples` for what becomes of them. @returns the triple of each
   * entry
   */
  async remember(unit: Unit, entries: readonly TripleEntry[], { now }: { now: string }): Promise<SemanticTriple[]> {
    if (entries.length === 0) return [];
    if (this.database.dialect === 'postgres') await lockSubjects(unit, entries);
    const { rows, changed, provenance } = stateTriples(await this.knownOf(unit, entries), entries, now);
    await unit.of(SemanticTriple).upsert(changed);
    await unit.of(TripleProvenance).insertNew(provenance);
    return rows;
  }

  /** Triples that hold, the heaviest first. */
  async search(reader: Reader, { at = this.clock.iso(), limit, ...where }: TripleQuery): Promise<SemanticTriple[]> {
    const given = Object.entries(where).filter(([, value]) => value !== undefined);
    const { sql, params } = validTriplesSql({
      conditions: given.map(([column]) => `${column} = ?`),
      params: given.map(([, value]) => value),
      at,
      limit,
    });
    return (await reader.query(sql, params)) as unknown as SemanticTriple[];
  }

  /**
   * Triples that hold and of which one end begins with the text, of the first 20 such entities, the heaviest first.
   * Upper and lower case differ.
   */
  async searchPrefix(reader: Reader, prefix: string, query: NeighbourQuery): Promise<SemanticTriple[]> {
    const names: string[] = [];
    for (const end of ['subject', 'object']) names.push(...(await this.namesWithPrefix(reader, end, prefix)));
    const first = [...new Set(names)].sort().slice(0, PREFIX_ENTITIES);
    const { predicate, direction = 'both', at = this.clock.iso(), limit } = query;
    const lists = await edgeReader(reader, this.database.dialect, { predicate, direction, at, limit })(
      first.map((entity) => ({ entity, minWeight: 0 })),
    );
    const heaviest = [...new Map(lists.flat().map((edge) => [edge.triple_id, edge])).values()]
      .sort(byWeight)
      .slice(0, limit);
    const rows = await this.byIds(
      reader,
      heaviest.map(({ triple_id }) => triple_id),
    );
    return heaviest.flatMap(({ triple_id }) => rows.get(triple_id) ?? []);
  }

  /** The triples that hold of an entity, the heaviest first. */
  async neighbours(
    reader: Reader,
    entity: string,
    { direction = 'both', ...query }: NeighbourQuery,
  ): Promise<SemanticTriple[]> {
    const leaving = direction === 'in' ? [] : await this.search(reader, { ...query, subject: entity });
    if (direction === 'out') return leaving;
    const arriving = await this.search(reader, { ...query, object: entity });
    const loops = new Set(leaving.filter(({ object }) => object === entity).map(({ triple_id }) => triple_id));
    return [...leaving, ...arriving.filter(({ triple_id }) => !loops.has(triple_id))]
      .sort(byWeight)
      .slice(0, query.limit);
  }

  /** Some triples that have no end, the oldest ids first. */
  some(reader: Reader, limit: number): Promise<SemanticTriple[]> {
    return reader.of(SemanticTriple).find({ valid_to: null }, { order: { triple_id: 'asc' }, limit });
  }

  /** Triples by their ids; those that are gone are left out. */
  async byIds(reader: Reader, tripleIds: Iterable<string>): Promise<Map<string, SemanticTriple>> {
    const rows = await readByTuples(reader, {
      table: 'semantic_kg_triples',
      columns: ['triple_id'],
      tuples: Array.from(tripleIds, (id) => [id]),
    });
    return new Map((rows as unknown as SemanticTriple[]).map((row) => [row.triple_id, row]));
  }

  /** The triples of edges, by their ids; those that are gone are left out. */
  async byEdges(
    reader: Reader,
    edges: readonly Pick<Edge, 'triple_id' | 'row_number'>[],
  ): Promise<Map<string, SemanticTriple>> {
    const numbers = edges.flatMap(({ row_number: number }) => (number === undefined ? [] : [[number]]));
    if (numbers.length < edges.length)
      return this.byIds(
        reader,
        edges.map(({ triple_id }) => triple_id),
      );
    const rows = await readByTuples(reader, { table: 'semantic_kg_triples', columns: ['rowid'], tuples: numbers });
    return new Map((rows as unknown as SemanticTriple[]).map((row) => [row.triple_id, row]));
  }

  /**
   * Of each triple the newest origins, at most `limit`. Triples that came with an import of the data set have none
   * but their `source`.
   */
  async provenanceOf(
    reader: Reader,
    tripleIds: Iterable<string>,
    limit: number,
  ): Promise<Map<string, TripleProvenance[]>> {
    const found = new Map<string, TripleProvenance[]>();
    const rows = await readInParts(
      tripleIds,
      async (part) =>
        (await reader.query(
          `SELECT triple_id, kind, ref_id, lead_id, weight, recorded_at FROM (SELECT p.*, ROW_NUMBER() OVER (PARTITION BY triple_id ORDER BY recorded_at DESC, kind, ref_id) AS place
         FROM semantic_kg_provenance p WHERE triple_id IN (${marks(part)})) AS numbered WHERE place <= ? ORDER BY triple_id, place`,
          [...part, limit],
        )) as unknown as TripleProvenance[],
    );
    for (const row of rows) found.set(row.triple_id, [...(found.get(row.triple_id) ?? []), row]);
    return found;
  }

  /**
   * Lets the weights of a part of the triples fade to what they are at `now`; call it again with `after: next`, in a
   * unit of its own each time, until `next` is null. Weights follow from `stated_weight` and `updated_at` alone, so
   * doing it twice changes nothing. What holds no more keeps the weight that it had.
   */
  async decay(
    unit: Unit,
    now: string,
    { after = '', limit = DECAYED_AT_ONCE }: { after?: string; limit?: number } = {},
  ): Promise<DecayStep> {
    const rows = (await unit.query(
      `SELECT * FROM semantic_kg_triples WHERE triple_id > ? AND (weight > ? OR updated_at IS NULL) AND (valid_to IS NULL OR valid_to > ?)
         ORDER BY triple_id LIMIT ${Math.trunc(limit)}`,
      [after, MIN_WEIGHT, now],
    )) as unknown as SemanticTriple[];
    const changed = rows.flatMap((row): SemanticTriple[] => {
      // an imported row begins to age when it is first seen
      if (row.updated_at === null) return [{ ...row, stated_weight: row.weight, updated_at: now }];
      const weight = decayWeight(row.stated_weight!, row.updated_at, now);
      const isWorthIt =
        Math.abs(weight - row.weight) >= SMALLEST_CHANGE || (weight === MIN_WEIGHT && row.weight !== MIN_WEIGHT);
      return isWorthIt ? [{ ...row, weight }] : [];
    });
    await unit.of(SemanticTriple).upsert(changed);
    return { decayed: changed.length, next: rows.length < limit ? null : rows.at(-1)!.triple_id };
  }

  /**
   * Removes the triples about a lead and the statements that name it as their origin; a triple about something else
   * goes with the last statement that it rests on. @returns how many triples and statements are gone
   */
  async forgetLead(unit: Unit, leadId: string): Promise<number> {
    const about = `SELECT triple_id FROM semantic_kg_triples WHERE subject = ? OR object = ?`;
    await unit.execute(`DELETE FROM semantic_kg_provenance WHERE triple_id IN (${about})`, [leadId, leadId]);
    const removed = await unit.execute(`DELETE FROM semantic_kg_triples WHERE subject = ? OR object = ?`, [
      leadId,
      leadId,
    ]);
    const named = await unit.query(
      'SELECT triple_id, COUNT(*) AS n FROM semantic_kg_provenance WHERE lead_id = ? GROUP BY triple_id ORDER BY triple_id',
      [leadId],
    );
    const forgotten = await unit.of(TripleProvenance).delete({ lead_id: leadId });
    for (const { triple_id, n } of named) {
      // a statement can have told of several origins, so origins may outnumber the evidence
      await unit.execute(
        'UPDATE semantic_kg_triples SET evidence_count = CASE WHEN evidence_count > ? THEN evidence_count - ? ELSE 0 END WHERE triple_id = ?',
        [Number(n), Number(n), triple_id],
      );
      await unit.execute(
        `DELETE FROM semantic_kg_triples WHERE triple_id = ? AND evidence_count = 0 AND NOT EXISTS (SELECT 1 FROM semantic_kg_provenance p WHERE p.triple_id = semantic_kg_triples.triple_id)`,
        [triple_id],
      );
      await unit.execute(
        'UPDATE semantic_kg_triples SET evidence_count = 1 WHERE triple_id = ? AND evidence_count = 0',
        [triple_id],
      );
    }
    return removed + forgotten;
  }

  /** Triples about a lead, valid or not, and those that were learned from it. */
  async exportLead(reader: Reader, leadId: string): Promise<LeadTriple[]> {
    const provenance = await reader
      .of(TripleProvenance)
      .find({ lead_id: leadId }, { order: { kind: 'asc', ref_id: 'asc' } });
    const triples = await this.byIds(
      reader,
      provenance.map(({ triple_id }) => triple_id),
    );
    for (const end of ['subject', 'object'] as const) {
      for (const row of await reader.of(SemanticTriple).find({ [end]: leadId })) triples.set(row.triple_id, row);
    }
    return [...triples.values()]
      .sort((one, other) => (one.triple_id < other.triple_id ? -1 : 1))
      .map((row) => ({ ...row, provenance: provenance.filter(({ triple_id }) => triple_id === row.triple_id) }));
  }

  private async knownOf(unit: Unit, entries: readonly TripleEntry[]): Promise<KnownTriples> {
    const rows = (await readByTuples(unit, {
      table: 'semantic_kg_triples',
      columns: ['subject', 'object', 'predicate'],
      tuples: entries.map(({ subject, object, predicate }) => [subject, object, predicate]),
    })) as unknown as SemanticTriple[];
    const singleValued = entries.filter(isSingleValued).map(({ subject, predicate }) => [subject, predicate]);
    const rivals = (await readByTuples(unit, {
      table: 'semantic_kg_triples',
      columns: ['subject', 'predicate'],
      tuples: singleValued,
    })) as unknown as SemanticTriple[];
    const triples = [...new Map([...rows, ...rivals].map((row) => [row.triple_id, row])).values()];
    const idsByStatement = new Map<string, string[]>();
    for (const row of rows)
      idsByStatement.set(statementOf(row), [...(idsByStatement.get(statementOf(row)) ?? []), row.triple_id]);
    const tuples = entries.flatMap((entry) => {
      const { provenance } = entry;
      return provenance
        ? (idsByStatement.get(statementOf(entry)) ?? []).map((tripleId) => [
            tripleId,
            provenance.kind,
            provenance.ref_id,
          ])
        : [];
    });
    const provenance = await readByTuples(unit, {
      table: 'semantic_kg_provenance',
      columns: ['triple_id', 'kind', 'ref_id'],
      tuples,
    });
    return { triples, provenance: provenance as unknown as TripleProvenance[] };
  }

  private async namesWithPrefix(reader: Reader, end: string, prefix: string): Promise<string[]> {
    const { sql, params } =
      this.database.dialect === 'sqlite' ? namesBySeeking(end, prefix) : namesByPattern(end, prefix);
    return (await reader.query(sql, params)).map(({ name }) => name as string);
  }
}

function statementOf({
  subject,
  predicate,
  object,
  source,
}: Pick<TripleEntry, 'subject' | 'predicate' | 'object' | 'source'>): string {
  return `${subject}\0${predicate}\0${object}\0${source}`;
}

/** From one name to the next in the index, however many triples each has. */
function namesBySeeking(end: string, prefix: string): { sql: string; params: unknown[] } {
  const least = (from: string): string =>
    `SELECT MIN(${end}) FROM semantic_kg_triples WHERE ${end} ${from} AND ${end} < ?`;
  const past = `${prefix}\u{10ffff}`;
  return {
    sql: `WITH RECURSIVE names(name) AS (${least('>= ?')} UNION ALL SELECT (${least('> name')}) FROM names WHERE name IS NOT NULL)
      SELECT name FROM names WHERE name IS NOT NULL LIMIT ${PREFIX_ENTITIES}`,
    params: [prefix, past, past],
  };
}

function namesByPattern(end: string, prefix: string): { sql: string; params: unknown[] } {
  return {
    sql: `SELECT DISTINCT ${end} AS name FROM semantic_kg_triples WHERE ${end} LIKE ? ESCAPE '!' ORDER BY name LIMIT ${PREFIX_ENTITIES}`,
    params: [`${prefix.replace(/[!%_]/g, '!$&')}%`],
  };
}

/**
 * Two units that state the same new triple at once would each insert it; so units with the same subjects take turns.
 */
async function lockSubjects(unit: Unit, entries: readonly TripleEntry[]): Promise<void> {
  await unit.query(
    `SELECT pg_advisory_xact_lock(${STATEMENT_LOCK}, bucket) FROM (SELECT DISTINCT abs(hashtext(subject) % ${LOCK_BUCKETS}) AS bucket FROM unnest(?::text[]) AS subject ORDER BY 1) AS buckets`,
    [entries.map(({ subject }) => subject)],
  );
}
