/** A comparison other than equality, made by the functions below. */
export class Comparison {
  constructor(
    readonly operator: '<' | '<=' | '>' | '>=' | '<>' | 'LIKE' | 'STARTS WITH',
    readonly value: unknown,
  ) {}
}

export const lt = (value: string | number): Comparison => new Comparison('<', value);
export const lte = (value: string | number): Comparison => new Comparison('<=', value);
export const gt = (value: string | number): Comparison => new Comparison('>', value);
export const gte = (value: string | number): Comparison => new Comparison('>=', value);
/** Not equal; `not(null)` is IS NOT NULL. */
export const not = (value: string | number | boolean | null): Comparison => new Comparison('<>', value);
export const like = (pattern: string): Comparison => new Comparison('LIKE', pattern);
/** Letter by letter, on both stores; no index helps. */
export const startsWith = (prefix: string): Comparison => new Comparison('STARTS WITH', prefix);

/** `?,?,?`: one for each value, for a list in SQL. */
export function marks({ length }: { readonly length: number }): string {
  return length === 1 ? '?' : new Array(length).fill('?').join(',');
}

/**
 * Per column: a value (equal), an array (one of), null (is null) or a comparison. Columns left undefined do not
 * count.
 */
export type Where<T> = { [K in keyof T]?: T[K] | readonly T[K][] | Comparison | null };

export interface SqlFragment {
  sql: string;
  params: unknown[];
}

/**
 * The condition as SQL with `?` placeholders; '1=1' when nothing is asked.
 * @param foundBy columns by which the rows are to be found: no index on another one is to be taken. SQLite alone reads
 * `+"column"` so; left to itself it takes a status that most rows have for a better start than fifty keys.
 */
export function whereSql(
  where: Record<string, unknown>,
  encode: (column: string, value: unknown) => unknown,
  foundBy?: readonly string[],
): SqlFragment {
  const parts: string[] = [];
  const params: unknown[] = [];
  for (const [column, value] of Object.entries(where)) {
    if (value === undefined) continue;
    const sql = foundBy && !foundBy.includes(column) ? `+"${column}"` : `"${column}"`;
    if (value === null) parts.push(`${sql} IS NULL`);
    else if (Array.isArray(value)) {
      if (value.length === 0) parts.push('1=0');
      else {
        parts.push(`${sql} IN (${marks(value)})`);
        params.push(...value.map((each) => encode(column, each)));
      }
    } else if (value instanceof Comparison) {
      if (value.value === null) parts.push(`${sql} IS NOT NULL`);
      else if (value.operator === 'STARTS WITH') {
        parts.push(`substr("${column}", 1, length(?)) = ?`);
        params.push(value.value, value.value);
      } else {
        parts.push(`${sql} ${value.operator} ?`);
        params.push(encode(column, value.value));
      }
    } else {
      parts.push(`${sql} = ?`);
      params.push(encode(column, value));
    }
  }
  return { sql: parts.length ? parts.join(' AND ') : '1=1', params };
}
