import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE "sequences" (
    "sequence_id" varchar NOT NULL,
    "name" text NOT NULL,
    "status" varchar NOT NULL,
    "entry" varchar,
    "published_version" integer,
    "draft" json NOT NULL,
    "created_at" varchar NOT NULL,
    "updated_at" varchar NOT NULL,
    "version" integer NOT NULL DEFAULT 1,
    PRIMARY KEY ("sequence_id")
  )`,
  `CREATE TABLE "sequence_versions" (
    "version_id" varchar NOT NULL,
    "sequence_id" varchar NOT NULL,
    "number" integer NOT NULL,
    "definition" json NOT NULL,
    "published_at" varchar NOT NULL,
    "published_by" varchar NOT NULL,
    PRIMARY KEY ("version_id")
  )`,
  'CREATE UNIQUE INDEX "sequence_versions_unique" ON "sequence_versions" ("sequence_id", "number")',
  `CREATE TABLE "enrolments" (
    "enrolment_id" varchar NOT NULL,
    "lead_id" varchar NOT NULL,
    "live_lead_id" varchar,
    "campaign_id" varchar,
    "company_key" varchar,
    "sequence_id" varchar NOT NULL,
    "sequence_version" integer NOT NULL,
    "step_id" varchar,
    "run_no" integer NOT NULL,
    "state" varchar NOT NULL,
    "paused_for" varchar,
    "next_at" varchar,
    "why_next" text,
    "turn" integer NOT NULL,
    "tries" integer NOT NULL,
    "message_id" varchar,
    "trail" json NOT NULL,
    "exit_reason" varchar,
    "entered_at" varchar NOT NULL,
    "entered_by" varchar NOT NULL,
    "ended_at" varchar,
    "updated_at" varchar NOT NULL,
    PRIMARY KEY ("enrolment_id")
  )`,
  'CREATE UNIQUE INDEX "enrolments_live" ON "enrolments" ("live_lead_id") WHERE "live_lead_id" IS NOT NULL',
  'CREATE INDEX "enrolments_lead" ON "enrolments" ("lead_id", "entered_at")',
  'CREATE INDEX "enrolments_sequence" ON "enrolments" ("sequence_id", "state", "next_at")',
  'CREATE INDEX "enrolments_due" ON "enrolments" ("next_at") WHERE "next_at" IS NOT NULL',
  'CREATE INDEX "enrolments_campaign" ON "enrolments" ("campaign_id", "state", "enrolment_id")',
  'CREATE INDEX "enrolments_company" ON "enrolments" ("company_key", "state") WHERE "company_key" IS NOT NULL',
];

/**
 * Follow-ups that were promised before there were enrolments: their leads stand after the first step of a shipped
 * sequence, which is stored at the first start.
 */
function adoptFollowUps(isPostgres: boolean): string {
  const field = (name: string) => (isPostgres ? `(o."payload"->>'${name}')` : `json_extract(o."payload", '$.${name}')`);
  return `INSERT INTO "enrolments" ("enrolment_id", "lead_id", "live_lead_id", "campaign_id", "company_key", "sequence_id", "sequence_version",
      "step_id", "run_no", "state", "paused_for", "next_at", "why_next", "turn", "tries", "message_id", "trail", "exit_reason",
      "entered_at", "entered_by", "ended_at", "updated_at")
    SELECT 'enr_' || substr(MAX(o."outbox_id"), 5), l."lead_id", l."lead_id", MAX(l."campaign_id"), NULL, MAX(${field('mode')}), 1,
      'first', 1, 'active', NULL, MAX(o."available_at"), 'the next step', 1, 0, MAX(${field('message_id')}), '[]', NULL,
      MIN(o."created_at"), 'herald', NULL, MAX(o."created_at")
    FROM "outbox" o JOIN "leads" l ON l."lead_id" = ${field('lead_id')}
    WHERE o."topic" = 'lead.follow_up' AND o."status" IN ('open', 'enqueued') AND l."flow_state" IN ('outreach', 'nurturing')
    GROUP BY l."lead_id"`;
}

/** Who was said to be on its way with nothing that would ever move it came from elsewhere, or had come to rest. */
const REST = `UPDATE "leads" SET "flow_state" = 'dormant' WHERE "flow_state" IN ('engaging', 'outreach', 'nurturing', 'alternative')
  AND NOT EXISTS (SELECT 1 FROM "enrolments" e WHERE e."live_lead_id" = "leads"."lead_id")
  AND NOT EXISTS (SELECT 1 FROM "handoffs" h WHERE h."lead_id" = "leads"."lead_id" AND h."status" = 'requested')`;

/** Where a lead stands becomes a row: sequences with versions, and who stands where in them. */
export class Journeys1795100000040 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const isPostgres = runner.connection.options.type === 'postgres';
    for (const statement of UP) await runner.query(statement);
    await runner.query(adoptFollowUps(isPostgres));
    await runner.query(`DELETE FROM "outbox" WHERE "topic" = 'lead.follow_up'`);
    await runner.query(REST);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `UPDATE "leads" SET "flow_state" = 'closed' WHERE "flow_state" IN ('dormant', 'unreachable', 'answered')`,
    );
    await runner.query(`DELETE FROM "outbox" WHERE "topic" = 'journey.step'`);
    for (const table of ['enrolments', 'sequence_versions', 'sequences']) await runner.query(`DROP TABLE "${table}"`);
  }
}
