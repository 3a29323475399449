import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs of the consolidation with what they made, and which engagements have become episodes. */
const STATEMENTS = [
  `CREATE TABLE "memory_consolidations" (
    "run_id" varchar NOT NULL,
    "requested_by" varchar NOT NULL,
    "status" varchar NOT NULL,
    "as_of" varchar NOT NULL,
    "started_at" varchar NOT NULL,
    "finished_at" varchar,
    "duration_ms" integer NOT NULL,
    "batches" integer NOT NULL,
    "counts_json" json NOT NULL,
    "failure" text,
    PRIMARY KEY ("run_id")
  )`,
  `CREATE INDEX "idx_memory_consolidations_started_at" ON "memory_consolidations" ("started_at", "run_id")`,
  `CREATE TABLE "memory_consolidation_items" (
    "item_id" varchar NOT NULL,
    "run_id" varchar NOT NULL,
    "kind" varchar NOT NULL,
    "lead_id" varchar,
    "what" text NOT NULL,
    "reason" text NOT NULL,
    "provenance_json" json NOT NULL,
    PRIMARY KEY ("item_id")
  )`,
  `CREATE INDEX "idx_memory_consolidation_items_run" ON "memory_consolidation_items" ("run_id", "item_id")`,
  `CREATE INDEX "idx_memory_consolidation_items_lead" ON "memory_consolidation_items" ("lead_id")`,
];

export class Consolidation1795100000005 implements MigrationInterface {
  readonly name = 'Consolidation1795100000005';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of STATEMENTS) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['memory_consolidation_items', 'memory_consolidations'])
      await runner.query(`DROP TABLE "${table}"`);
  }
}
