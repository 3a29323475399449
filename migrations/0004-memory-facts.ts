import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Long-term memory that learns: facts with their two times, what each lead's events add up to, and which were
 * counted. Rows are found by their key alone, so that on SQLite they lie in it.
 */
const STATEMENTS = [
  `CREATE TABLE "memory_facts" (
    "lead_id" varchar NOT NULL,
    "fact_id" varchar NOT NULL,
    "name" varchar NOT NULL,
    "value_json" json NOT NULL,
    "confidence" double precision NOT NULL,
    "source" varchar NOT NULL,
    "source_id" varchar,
    "evidence_json" json NOT NULL,
    "valid_from" varchar NOT NULL,
    "valid_to" varchar,
    "recorded_at" varchar NOT NULL,
    "closed_at" varchar,
    PRIMARY KEY ("lead_id", "fact_id")
  )`,
  `CREATE TABLE "memory_signals" (
    "lead_id" varchar NOT NULL,
    "signals_json" json NOT NULL,
    "counted_until" varchar,
    "updated_at" varchar NOT NULL,
    PRIMARY KEY ("lead_id")
  )`,
  `CREATE TABLE "memory_observed_events" (
    "lead_id" varchar NOT NULL,
    "source_id" varchar NOT NULL,
    PRIMARY KEY ("lead_id", "source_id")
  )`,
  `CREATE TABLE "memory_forgotten" (
    "lead_hash" varchar NOT NULL,
    "forgotten_at" varchar NOT NULL,
    PRIMARY KEY ("lead_hash")
  )`,
];
const TABLES = ['memory_facts', 'memory_signals', 'memory_observed_events', 'memory_forgotten'];

export class MemoryFacts1795100000004 implements MigrationInterface {
  readonly name = 'MemoryFacts1795100000004';

  async up(runner: QueryRunner): Promise<void> {
    const inKey = runner.connection.options.type === 'postgres' ? '' : ' WITHOUT ROWID';
    for (const sql of STATEMENTS) await runner.query(sql + inKey);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE "${table}"`);
  }
}
