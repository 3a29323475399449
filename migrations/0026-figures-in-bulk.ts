import type { MigrationInterface, QueryRunner } from 'typeorm';
import { COUNTS, type Count, KEY_MAKER, LEADS_CHANGED_BY, keyOf } from './0018-lists-and-figures.js';

/**
 * Rows that come or go by the thousand are counted at once. On PostgreSQL a statement's triggers see all of its rows.
 * SQLite has none of that kind: who takes in a file does without the triggers and counts with a view that says what
 * each row adds, by its rowid.
 */
export class FiguresInBulk1795100000026 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const isPostgres = runner.connection.options.type === 'postgres';
    for (const statement of isPostgres ? byStatement() : views()) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const isPostgres = runner.connection.options.type === 'postgres';
    const withoutViews = COUNTED_TABLES.map((table) => `DROP VIEW "figures_of_${table}"`);
    for (const statement of isPostgres ? byRow() : withoutViews) await runner.query(statement);
  }
}

const COUNTED_TABLES = [...new Set(COUNTS.map(({ table }) => table))];

function views(): string[] {
  return COUNTED_TABLES.map((table) => {
    const added = COUNTS.filter((count) => count.table === table).map((count) => {
      const where = count.onlyStatus ? `WHERE status = '${count.onlyStatus}'` : '';
      return `SELECT rowid AS "row", '${count.figure}' AS figure, ${keyOf(count, KEY_MAKER.sqlite, '')} AS key, ${count.adds ?? '1'} AS n
        FROM "${table}" ${where}`;
    });
    return `CREATE VIEW "figures_of_${table}" AS ${added.join(' UNION ALL ')}`;
  });
}

interface Noted {
  readonly name: string;
  readonly table: string;
  /** Notes all of the statement's rows, whose table is called touched. */
  readonly note: string;
}

/** What PostgreSQL's triggers note; each has the name of the function of 0018 that does it for one row. */
const NOTED: readonly Noted[] = [
  ...COUNTS.map((count) => ({ name: `figure_${count.figure}`, table: count.table, note: countTouched(count) })),
  ...LEADS_CHANGED_BY.map(({ table }) => ({
    name: `lead_of_${table}`,
    table,
    note: `INSERT INTO changed_leads SELECT nextval('changed_leads_numbers'), lead_id FROM (SELECT DISTINCT lead_id FROM touched) AS leads;`,
  })),
];

function countTouched(count: Count): string {
  const where = count.onlyStatus ? `WHERE status = '${count.onlyStatus}'` : '';
  return `INSERT INTO figure_changes SELECT nextval('figure_changes_numbers'), '${count.figure}', key,
      CASE TG_OP WHEN 'INSERT' THEN n ELSE -n END
    FROM (SELECT key, SUM(n) AS n FROM (
      SELECT ${keyOf(count, KEY_MAKER.postgres, '')} AS key, ${count.adds ?? '1'} AS n FROM touched ${where}
    ) AS each GROUP BY key) AS counted WHERE n <> 0;`;
}

function byStatement(): string[] {
  return NOTED.flatMap(({ name, table, note }) => [
    `DROP TRIGGER "${name}" ON "${table}"`,
    `CREATE FUNCTION ${name}_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${note} RETURN NULL; END $$`,
    `CREATE TRIGGER "${name}_added" AFTER INSERT ON "${table}" REFERENCING NEW TABLE AS touched
     FOR EACH STATEMENT EXECUTE FUNCTION ${name}_rows()`,
    `CREATE TRIGGER "${name}_removed" AFTER DELETE ON "${table}" REFERENCING OLD TABLE AS touched
     FOR EACH STATEMENT EXECUTE FUNCTION ${name}_rows()`,
  ]);
}

function byRow(): string[] {
  return NOTED.flatMap(({ name, table }) => [
    `DROP TRIGGER "${name}_added" ON "${table}"`,
    `DROP TRIGGER "${name}_removed" ON "${table}"`,
    `DROP FUNCTION ${name}_rows()`,
    `CREATE TRIGGER "${name}" AFTER INSERT OR DELETE ON "${table}" FOR EACH ROW EXECUTE FUNCTION ${name}()`,
  ]);
}
