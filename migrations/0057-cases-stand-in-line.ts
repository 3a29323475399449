import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The order of that day's reasons, written out: a migration does not move with the table of reasons. */
const RANKS = {
  legal: 0,
  complaint: 1,
  hot_lead: 2,
  high_value: 3,
  reply: 4,
  support: 4,
  uncertain_delivery: 5,
  low_confidence: 7,
};
const BLOCKING = ['legal', 'complaint', 'hot_lead', 'reply', 'support', 'complex_request', 'low_confidence'];
/** Worth nothing: the largest number that a worth is taken from. */
const NOTHING = '9999999999999';

const RANK = `CASE reason ${Object.entries(RANKS)
  .map(([reason, rank]) => `WHEN '${reason}' THEN '${rank}'`)
  .join(' ')} ELSE '6' END`;
const WORTH = `CASE WHEN ${RANK} < '6' THEN '0000000000000' ELSE '${NOTHING}' END`;

const BOOLEAN = 'boolean NOT NULL DEFAULT false';

const COLUMNS = [
  ['escalations', 'title', `text NOT NULL DEFAULT ''`],
  ['escalations', 'worth', 'double precision NOT NULL DEFAULT 0'],
  ['escalations', 'blocks', BOOLEAN],
  ['escalations', 'times', 'integer NOT NULL DEFAULT 1'],
  ['escalations', 'waiting_since', `varchar NOT NULL DEFAULT ''`],
  ['escalations', 'sort_key', 'varchar'],
  ['escalations', 'snoozed_until', 'varchar'],
  ['escalations', 'until_answer', BOOLEAN],
  ['approvals', 'worth', 'double precision NOT NULL DEFAULT 0'],
  ['approvals', 'sort_key', 'varchar'],
] as const;

const FILLED = [
  `UPDATE escalations SET title = summary, waiting_since = created_at, blocks = reason IN (${BLOCKING.map((reason) => `'${reason}'`).join(', ')})`,
  `UPDATE escalations SET sort_key = ${RANK} || ${WORTH} || created_at WHERE status <> 'resolved'`,
  `UPDATE approvals SET sort_key = '6${NOTHING}' || created_at WHERE status = 'pending'`,
];
const INDEXES = [
  ['idx_escalations_line', '"escalations" ("sort_key", "escalation_id") WHERE "sort_key" IS NOT NULL'],
  ['idx_escalations_snoozed', '"escalations" ("snoozed_until") WHERE "snoozed_until" IS NOT NULL'],
  ['idx_approvals_line', '"approvals" ("sort_key", "approval_id") WHERE "sort_key" IS NOT NULL'],
] as const;

/** What waits for people stands in a line, whose order is a column; cases have titles and say whether they block. */
export class CasesStandInLine1795100000057 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // SQLite keeps booleans as numbers, and TypeORM compares a default with the entity's by its text
    const no = runner.connection.options.type === 'postgres' ? 'false' : '0';
    for (const [table, column, type] of COLUMNS)
      await runner.query(`ALTER TABLE "${table}" ADD COLUMN "${column}" ${type.replace('false', no)}`);
    for (const statement of FILLED) await runner.query(statement);
    for (const [name, on] of INDEXES) await runner.query(`CREATE INDEX "${name}" ON ${on}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name] of INDEXES) await runner.query(`DROP INDEX "${name}"`);
    for (const [table, column] of [...COLUMNS].reverse())
      await runner.query(`ALTER TABLE "${table}" DROP COLUMN "${column}"`);
  }
}
