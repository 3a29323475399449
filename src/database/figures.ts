import { Entity } from 'typeorm';
import { marks } from './conditions.js';
import { Id, LongInt, Ref, RowId } from './columns.js';
import type { Reader } from './reader.js';
import type { Unit } from './unit.js';

/**
 * How often something is there, kept up by triggers as rows change, so that nobody counts (see the migration that makes
 * them). `key` is a JSON list: the values that the rows are counted by.
 */
@Entity('figures')
export class Figure {
  @Id() figure!: string;
  @Id() key!: string;
  @LongInt() n!: number;
}

/**
 * Changes of figures that are still to be added to them. PostgreSQL's triggers write here: units run side by side
 * there, and would wait for each other at the row of a figure.
 */
@Entity('figure_changes')
export class FigureChange {
  @RowId() change_id!: number;
  @Ref() figure!: string;
  @Ref() key!: string;
  @LongInt() n!: number;
}

/** Of one figure: the values counted by, and how many. */
export interface Tally {
  readonly key: readonly (string | null)[];
  readonly n: number;
}

const CHANGES_AT_ONCE = 5_000;
const ROWS_AT_ONCE = 200;

/** What is read in the same statement as the figures, so of the same moment: one column, text. */
interface Alongside {
  readonly sql: string;
  readonly params: readonly unknown[];
  readonly take: (text: string) => void;
}

/** The figures of these names, exact as of what the reader sees; what is there zero times is left out. */
export async function readFigures(
  reader: Reader,
  names: readonly string[],
  alongside?: Alongside,
): Promise<Map<string, Tally[]>> {
  const rows = await reader.query(
    `SELECT figure, key, SUM(n) AS n FROM (
       SELECT figure, key, n FROM figures WHERE figure IN (${marks(names)})
       UNION ALL SELECT figure, key, n FROM figure_changes WHERE figure IN (${marks(names)})
     ) AS counted GROUP BY figure, key HAVING SUM(n) <> 0
     ${alongside ? `UNION ALL SELECT NULL, alongside.*, 0 FROM (${alongside.sql}) AS alongside` : ''}`,
    [...names, ...names, ...(alongside?.params ?? [])],
  );
  const figures = new Map<string, Tally[]>(names.map((name) => [name, []]));
  for (const { figure, key, n } of rows) {
    if (figure === null) alongside!.take(String(key));
    else figures.get(String(figure))!.push({ key: JSON.parse(String(key)) as (string | null)[], n: Number(n) });
  }
  return figures;
}

/** Adds to figures. On PostgreSQL one process at a time; see `FigureKeeper`. */
export async function addToFigures(unit: Unit, changes: readonly Omit<FigureChange, 'change_id'>[]): Promise<void> {
  const sums = new Map<string, Omit<FigureChange, 'change_id'>>();
  for (const { figure, key, n } of changes) {
    const name = `${figure}\0${key}`;
    sums.set(name, { figure, key, n: n + (sums.get(name)?.n ?? 0) });
  }
  const rows = [...sums.values()].filter(({ n }) => n !== 0);
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const part = rows.slice(start, start + ROWS_AT_ONCE);
    await unit.execute(
      `INSERT INTO figures (figure, key, n) VALUES ${part.map(() => '(?, ?, ?)').join(', ')}
       ON CONFLICT (figure, key) DO UPDATE SET n = figures.n + excluded.n`,
      part.flatMap(({ figure, key, n }) => [figure, key, n]),
    );
  }
}

/** Whether triggers have noted changes that are still to be added. */
export async function hasFigureChanges(reader: Reader): Promise<boolean> {
  return (await reader.query('SELECT 1 AS one FROM figure_changes LIMIT 1')).length > 0;
}

/** Adds what triggers have noted to the figures. @returns whether there may be more */
export async function foldFigureChanges(unit: Unit): Promise<boolean> {
  const rows = await unit.query(
    `DELETE FROM figure_changes WHERE change_id IN (SELECT change_id FROM figure_changes LIMIT ${CHANGES_AT_ONCE})
     RETURNING figure, key, n`,
  );
  await addToFigures(
    unit,
    rows.map(({ figure, key, n }) => ({ figure: String(figure), key: String(key), n: Number(n) })),
  );
  return rows.length === CHANGES_AT_ONCE;
}
