import type { Database, Reader } from '../../database/index.js';

/** What walking the graph needs of a triple: all of it stands in the indexes of the two ends. */
export interface Edge {
  /** SQLite's own number of the row, by which it is found in half the time. */
  readonly row_number?: number;
  readonly triple_id: string;
  readonly subject: string;
  readonly object: string;
  readonly weight: number;
}

/** From an entity along its triples: `out` where it is the subject, `in` where it is the object. */
export type Direction = 'out' | 'in' | 'both';

export interface EdgeQuery {
  readonly direction: Direction;
  readonly predicate?: string;
  readonly at: string;
  /** At most so many edges of each entity. */
  readonly limit: number;
}

export interface Wanted {
  readonly entity: string;
  /** Lighter edges are not read. */
  readonly minWeight: number;
}

/** Reads edges of several entities: for each, the heaviest first, at most so many (the query's limit when left out). */
export type ReadEdges = (wanted: readonly Wanted[], most?: number) => Promise<Edge[][]>;

const COLUMNS = 'triple_id, subject, object, weight';

export function otherEnd({ subject, object }: Edge, entity: string): string {
  return subject === entity ? object : subject;
}

/**
 * @returns a reader of the edges that hold at the query's moment. On SQLite, where a statement is a function call, it
 * asks for one entity at a time; on PostgreSQL, where it is a round trip, for all of them at once.
 */
export function edgeReader(reader: Reader, dialect: Database['dialect'], query: EdgeQuery): ReadEdges {
  const ends = query.direction === 'both' ? ['subject', 'object'] : [query.direction === 'out' ? 'subject' : 'object'];
  const readOneWay = dialect === 'sqlite' ? oneByOne(reader, query) : allAtOnce(reader, query);
  return async (wanted, most = query.limit) => {
    if (wanted.length === 0) return [];
    const one = await readOneWay(ends[0]!, wanted, most);
    if (ends.length === 1) return one;
    // where the first way gives enough, only heavier edges of the other can still enter
    const heavier = wanted.map(({ entity, minWeight }, index) => ({
      entity,
      minWeight: Math.max(minWeight, one[index]![most - 1]?.weight ?? 0),
    }));
    const other = await readOneWay(ends[1]!, heavier, most);
    return wanted.map((_, index) => merge(one[index]!, other[index]!, most));
  };
}

type ReadOneWay = (end: string, wanted: readonly Wanted[], limit: number) => Promise<Edge[][]>;

function oneByOne(reader: Reader, { predicate, at }: EdgeQuery): ReadOneWay {
  // few graphs have any, and without them every read is one range of an index
  let areEndingOnes: Promise<boolean> | undefined;
  const lookForEnding = async () =>
    (await reader.query('SELECT 1 FROM semantic_kg_triples WHERE valid_to > ? LIMIT 1', [at])).length > 0;
  // one text for all entities, as a text that is made anew is also looked up anew among the prepared statements
  const texts = new Map<string, string>();
  const textOf = (end: string, form: 'endless' | 'in two parts', limit: number): string => {
    const key = `${end} ${limit}`;
    let text = texts.get(key);
    if (text === undefined) {
      const conditions = [`${end} = ?`, 'weight >= ?', ...(predicate === undefined ? [] : ['predicate = ?'])];
      const columns = `rowid AS row_number, ${COLUMNS}`;
      text = validTriplesSql({ conditions, params: [], at, limit, columns, form }).sql;
      texts.set(key, text);
    }
    return text;
  };
  const named = predicate === undefined ? [] : [predicate];
  return async (end, wanted, limit) => {
    const lists: Edge[][] = [];
    const form = (await (areEndingOnes ??= lookForEnding())) ? 'in two parts' : 'endless';
    const sql = textOf(end, form, limit);
    for (const { entity, minWeight } of wanted) {
      const params = [entity, minWeight, ...named, at];
      const twice = form === 'endless' ? params : [...params, ...params, at];
      const edges = (await reader.query(sql, twice)) as unknown as Edge[];
      lists.push(form === 'endless' ? edges : edges.sort(byWeight).slice(0, limit));
    }
    return lists;
  };
}

function allAtOnce(reader: Reader, { predicate, at }: EdgeQuery): ReadOneWay {
  return async (end, wanted, limit) => {
    const conditions = [
      `${end} = wanted.entity`,
      'weight >= wanted.min_weight',
      ...(predicate === undefined ? [] : ['predicate = ?']),
    ];
    const { sql, params } = validTriplesSql({
      conditions,
      params: predicate === undefined ? [] : [predicate],
      at,
      limit,
      columns: COLUMNS,
    });
    const rows = await reader.query(
      `SELECT wanted.place, edge.* FROM unnest(?::text[], ?::float8[]) WITH ORDINALITY AS wanted(entity, min_weight, place) CROSS JOIN LATERAL (${sql}) AS edge`,
      [wanted.map(({ entity }) => entity), wanted.map(({ minWeight }) => minWeight), ...params],
    );
    const lists = wanted.map((): Edge[] => []);
    for (const { place, ...edge } of rows) lists[Number(place) - 1]!.push(edge as unknown as Edge);
    return lists;
  };
}

/** Two lists, the heaviest first, made one; an edge from an entity to itself is in both and counts once. */
function merge(one: readonly Edge[], other: readonly Edge[], limit: number): Edge[] {
  if (other.length === 0) return one.slice(0, limit);
  const merged: Edge[] = [];
  for (let at = 0, beside = 0; merged.length < limit && (at < one.length || beside < other.length);) {
    const next = other[beside];
    // where it is both ends, the first list has it too
    if (next && next.subject === next.object) beside++;
    else if (!next || (at < one.length && byWeight(one[at]!, next) < 0)) merged.push(one[at++]!);
    else merged.push(other[beside++]!);
  }
  return merged;
}

/** The heaviest first, of equal weight the newest id. */
export function byWeight(one: Edge, other: Edge): number {
  return other.weight - one.weight || (one.triple_id < other.triple_id ? 1 : -1);
}

/** Which triples hold at a moment, as SQL for both stores. */
export interface ValidTriples {
  /** Conditions on single columns with `?`, and their values. */
  readonly conditions: readonly string[];
  readonly params: readonly unknown[];
  /** ISO-8601 UTC. */
  readonly at: string;
  readonly limit: number;
  /** All columns when left out; `weight` and `triple_id` are needed for the order. */
  readonly columns?: string;
  /**
   * `sorted` when left out. `in two parts`: those without an end first, then the others, each in their order and each
   * up to the limit, for who sorts them anyhow; on SQLite a common order takes three temporary B-trees, which is most
   * of the time of a small read. `endless`: only those without an end, for who knows that there are no others.
   */
  readonly form?: 'sorted' | 'in two parts' | 'endless';
}

/**
 * The triples that hold at the moment and meet the conditions, the heaviest first, of equal weight the newest id
 * first. Those without an end and those with an end to come are a range of the same index each, so what has ended
 * costs nothing.
 */
export function validTriplesSql({ conditions, params, at, limit, columns = '*', form = 'sorted' }: ValidTriples): {
  sql: string;
  params: unknown[];
} {
  const most = Math.trunc(limit);
  const part = (end: string, order: string): string =>
    `SELECT ${columns} FROM semantic_kg_triples WHERE ${[...conditions, end].join(' AND ')} AND (valid_from IS NULL OR valid_from <= ?)
       ORDER BY ${order}weight DESC, triple_id DESC LIMIT ${most}`;
  if (form === 'endless') return { sql: part('valid_to IS NULL', ''), params: [...params, at] };
  // PostgreSQL does not see that IS NULL leaves one value to sort by, unless the order names the column as the index
  // does
  const parts = `SELECT * FROM (${part('valid_to IS NULL', 'valid_to DESC, ')}) AS endless UNION ALL SELECT * FROM (${part('valid_to > ?', '')}) AS ending`;
  return {
    sql:
      form === 'in two parts'
        ? parts
        : `SELECT * FROM (${parts}) AS valid ORDER BY weight DESC, triple_id DESC LIMIT ${most}`,
    params: [...params, at, ...params, at, at],
  };
}
