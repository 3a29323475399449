import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tasks of the A2A door, their events, the messages that made them, and who is told of them. */
const STATEMENTS = [
  `CREATE TABLE "a2a_tasks" (
    "task_id" varchar NOT NULL,
    "agent" varchar NOT NULL,
    "owner_id" varchar NOT NULL,
    "caller" json NOT NULL,
    "context_id" varchar NOT NULL,
    "state" varchar NOT NULL,
    "status_at" varchar NOT NULL,
    "last_seq" integer NOT NULL,
    "turn" integer NOT NULL,
    "skill" varchar NOT NULL,
    "input" json NOT NULL,
    "approval_id" varchar,
    "task" json NOT NULL,
    "created_at" varchar NOT NULL,
    PRIMARY KEY ("task_id")
  )`,
  `CREATE INDEX "idx_a2a_tasks_owner" ON "a2a_tasks" ("owner_id", "agent", "status_at")`,
  `CREATE INDEX "idx_a2a_tasks_approval" ON "a2a_tasks" ("approval_id")`,
  `CREATE INDEX "idx_a2a_tasks_status_at" ON "a2a_tasks" ("status_at")`,
  `CREATE TABLE "a2a_task_events" (
    "event_id" varchar NOT NULL,
    "task_id" varchar NOT NULL,
    "seq" integer NOT NULL,
    "event" json NOT NULL,
    "created_at" varchar NOT NULL,
    PRIMARY KEY ("event_id")
  )`,
  `CREATE UNIQUE INDEX "idx_a2a_task_events_seq" ON "a2a_task_events" ("task_id", "seq")`,
  `CREATE TABLE "a2a_messages" (
    "owner_id" varchar NOT NULL,
    "agent" varchar NOT NULL,
    "message_id" varchar NOT NULL,
    "message_hash" varchar NOT NULL,
    "task_id" varchar NOT NULL,
    "created_at" varchar NOT NULL,
    PRIMARY KEY ("owner_id", "agent", "message_id")
  )`,
  `CREATE INDEX "idx_a2a_messages_task" ON "a2a_messages" ("task_id")`,
  `CREATE TABLE "a2a_push_configs" (
    "task_id" varchar NOT NULL,
    "config_id" varchar NOT NULL,
    "url" text NOT NULL,
    "token" text,
    "authentication" json,
    "protocol_version" varchar NOT NULL,
    "generation" varchar NOT NULL,
    "delivered_seq" integer NOT NULL,
    "is_pending" boolean NOT NULL,
    "given_up_reason" text,
    "created_at" varchar NOT NULL,
    PRIMARY KEY ("task_id", "config_id")
  )`,
];
const TABLES = ['a2a_push_configs', 'a2a_messages', 'a2a_task_events', 'a2a_tasks'];

export class A2a1795100000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE "${table}"`);
  }
}
