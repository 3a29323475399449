import { markLeadsOf } from './changed-leads.js';
import { InsertStatement } from './connection.js';
import type { Unit } from './unit.js';

/** Of fewer rows each is counted by the triggers. */
const FEWEST_AT_ONCE = 500;

/** What SQLite keeps of a trigger. */
interface Trigger {
  readonly name: string;
  readonly sql: string;
}

/**
 * Takes rows into a table, thousands at a time; those whose key is there already stay as they stand. The values are
 * those that the store keeps: JSON as text, 1 and 0 for true and false. Columns that are not named take the table's
 * default. Where `replacedBy` names the key, a row that says something else takes the place of the one with its key;
 * columns that are not named keep what they hold.
 */
export class BulkInsert {
  private readonly statement: InsertStatement;

  constructor(
    private readonly table: string,
    columns: readonly string[],
    private readonly replacedBy?: readonly string[],
  ) {
    const names = columns.map((name) => `"${name}"`).join(',');
    this.statement = new InsertStatement(
      `INSERT INTO "${table}" (${names})`,
      columns.length,
      onConflict(table, columns, replacedBy),
    );
  }

  /** @returns how many were new, or took another's place */
  async into(unit: Unit, rows: readonly (readonly unknown[])[]): Promise<number> {
    // PostgreSQL's triggers take all the rows of a statement at once
    if (unit.dialect === 'postgres' || this.replacedBy || rows.length < FEWEST_AT_ONCE)
      return unit.insert(this.statement, rows);
    const triggers = await this.countingTriggers(unit);
    return triggers.length > 0 ? this.countOnce(unit, rows, triggers) : unit.insert(this.statement, rows);
  }

  /**
   * SQLite takes twice as long for a row that a trigger follows, even one that then does nothing. So the triggers that
   * keep the figures up are not there while the rows go in, and the new rows are counted together: all in the same
   * unit, so that nobody ever sees the table without them.
   */
  private async countOnce(
    unit: Unit,
    rows: readonly (readonly unknown[])[],
    triggers: readonly Trigger[],
  ): Promise<number> {
    const [before] = await unit.query(`SELECT COALESCE(MAX(rowid), 0) AS last FROM "${this.table}"`);
    for (const { name } of triggers) await unit.execute(`DROP TRIGGER "${name}"`);
    const inserted = await unit.insert(this.statement, rows);
    for (const { sql } of triggers) await unit.execute(sql);
    if (triggers.some(({ name }) => name.startsWith('figure_')))
      await unit.execute(
        `INSERT INTO figures SELECT figure, key, SUM(n) FROM "figures_of_${this.table}" WHERE "row" > ?
         GROUP BY figure, key HAVING SUM(n) <> 0 ON CONFLICT (figure, key) DO UPDATE SET n = n + excluded.n`,
        [before!.last],
      );
    if (triggers.some(({ name }) => name.startsWith('lead_of_')))
      await markLeadsOf(unit, this.table, Number(before!.last));
    return inserted;
  }

  private async countingTriggers(unit: Unit): Promise<Trigger[]> {
    const found = await unit.query(
      `SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?
         AND (name GLOB 'figure_*_added' OR name GLOB 'lead_of_*_added')`,
      [this.table],
    );
    return found as unknown as Trigger[];
  }
}

function onConflict(table: string, columns: readonly string[], keys: readonly string[] | undefined): string {
  if (!keys) return 'ON CONFLICT DO NOTHING';
  const others = columns.filter((name) => !keys.includes(name));
  const assignments = others.map((name) => `"${name}" = excluded."${name}"`).join(', ');
  const differs = others.map((name) => `"${table}"."${name}" IS DISTINCT FROM excluded."${name}"`).join(' OR ');
  return `ON CONFLICT (${keys.map((name) => `"${name}"`).join(',')}) DO UPDATE SET ${assignments} WHERE ${differs}`;
}
