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
