import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What decisions have in common is kept once. Rows from before hold their inputs whole and are read as they stand. */
const UP = [
  `CREATE TABLE "decision_parts" (
    "part_hash" varchar NOT NULL,
    "content" json NOT NULL,
    "last_used_on" varchar NOT NULL,
    PRIMARY KEY ("part_hash")
  )`,
  'CREATE INDEX "idx_decision_parts_last_used_on" ON "decision_parts" ("last_used_on")',
  'ALTER TABLE "decisions" ADD COLUMN "parts" json',
];

export class DecisionParts1795100000021 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  /** Puts the parts back into the rows first: without them the older server could not replay. */
  async down(runner: QueryRunner): Promise<void> {
    const parts = new Map<string, unknown>();
    for (const { part_hash, content } of await rowsOf(runner, 'SELECT part_hash, content FROM decision_parts'))
      parts.set(String(part_hash), parsed(content));
    const isPostgres = runner.connection.options.type === 'postgres';
    const update = isPostgres
      ? 'UPDATE decisions SET inputs = $1, facts = $2, outcome = $3 WHERE decision_id = $4'
      : 'UPDATE decisions SET inputs = ?, facts = ?, outcome = ? WHERE decision_id = ?';
    for (const row of await rowsOf(runner, 'SELECT * FROM decisions WHERE parts IS NOT NULL'))
      await runner.query(update, [...whole(row, parts).map((each) => JSON.stringify(each)), row.decision_id]);
    await runner.query('ALTER TABLE "decisions" DROP COLUMN "parts"');
    await runner.query('DROP TABLE "decision_parts"');
  }
}

function whole(row: Record<string, unknown>, parts: ReadonlyMap<string, unknown>): unknown[] {
  const { $lists: lists, $reasons: hasReasons, ...fields } = parsed(row.parts) as Record<string, string>;
  const inputs = parsed(row.inputs) as { facts: Record<string, Record<string, string>[] | null> };
  for (const [field, hash] of Object.entries(fields)) inputs.facts[field] = (parts.get(hash) ?? null) as null;
  const facts = parsed(row.facts) as Record<string, string>[];
  const moment = facts[0]?.valid_at ?? '';
  for (const { field, id, valid_at = '', source } of (parts.get(lists ?? '') ?? []) as Record<string, string>[])
    for (const each of inputs.facts[field!] ?? [])
      facts.push({ id: each[id!]!, valid_at: each[valid_at] ?? moment, source: source! });
  const outcome = parsed(row.outcome) as Record<string, unknown>;
  return [inputs, facts, hasReasons === undefined ? outcome : { ...outcome, reasons: parsed(row.reasons) }];
}

function rowsOf(runner: QueryRunner, sql: string): Promise<Record<string, unknown>[]> {
  return runner.query(sql) as Promise<Record<string, unknown>[]>;
}

/** JSON columns come as text from SQLite and parsed from PostgreSQL. */
function parsed(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value;
}
