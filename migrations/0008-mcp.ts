import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Long calls that outlive their connection, and which outcome of an approval its requester has been given. */
const UP = [
  `CREATE TABLE "call_tasks" (
    "task_id" varchar NOT NULL,
    "principal_id" varchar NOT NULL,
    "operation" varchar NOT NULL,
    "status" varchar NOT NULL,
    "message" text,
    "answer" json,
    "problem" json,
    "created_at" varchar NOT NULL,
    "updated_at" varchar NOT NULL,
    "expires_at" varchar NOT NULL,
    PRIMARY KEY ("task_id")
  )`,
  'CREATE INDEX "idx_call_tasks_status" ON "call_tasks" ("status", "updated_at")',
  'CREATE INDEX "idx_call_tasks_expires_at" ON "call_tasks" ("expires_at")',
  'ALTER TABLE "approvals" ADD COLUMN "collected_at" varchar',
  'CREATE INDEX "idx_approvals_effect" ON "approvals" ("effect_hash", "requested_by")',
];
const DOWN = [
  'DROP INDEX "idx_approvals_effect"',
  'ALTER TABLE "approvals" DROP COLUMN "collected_at"',
  'DROP TABLE "call_tasks"',
];

export class Mcp1795100000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
