import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = {
  deputies: `"deputy_id" varchar NOT NULL, "user_id" varchar NOT NULL, "deputy_user_id" varchar NOT NULL,
    "since" varchar NOT NULL, "until" varchar NOT NULL, "made_by" varchar NOT NULL, "created_at" varchar NOT NULL,
    PRIMARY KEY ("deputy_id")`,
  case_notes: `"note_id" varchar NOT NULL, "escalation_id" varchar NOT NULL, "lead_id" varchar, "author_id" varchar NOT NULL,
    "text" text NOT NULL, "mentions" json NOT NULL, "created_at" varchar NOT NULL, PRIMARY KEY ("note_id")`,
  case_looks: `"escalation_id" varchar NOT NULL, "user_id" varchar NOT NULL, "until" varchar NOT NULL,
    PRIMARY KEY ("escalation_id", "user_id")`,
  case_drafts: `"escalation_id" varchar NOT NULL, "lead_id" varchar NOT NULL, "channel" varchar NOT NULL, "subject" text,
    "body" text NOT NULL, "edited_by" varchar NOT NULL, "edited_at" varchar NOT NULL, "sent_by" varchar, "sent_at" varchar,
    "message_id" varchar, "created_at" varchar NOT NULL, "version" integer NOT NULL DEFAULT 1, PRIMARY KEY ("escalation_id")`,
  saved_replies: `"reply_id" varchar NOT NULL, "name" varchar NOT NULL, "subject" text, "body" text NOT NULL,
    "edited_by" varchar NOT NULL, "edited_at" varchar NOT NULL, "created_at" varchar NOT NULL,
    "version" integer NOT NULL DEFAULT 1, PRIMARY KEY ("reply_id")`,
  notification_rules: `"rule_id" varchar NOT NULL, "name" varchar NOT NULL, "channel" varchar NOT NULL, "user_id" varchar,
    "role" varchar, "address" varchar, "url" text, "secret" text, "reasons" json NOT NULL, "quiet_start" varchar,
    "quiet_end" varchar, "quiet_weekends" boolean NOT NULL DEFAULT FALSE, "zone" varchar NOT NULL DEFAULT 'UTC',
    "urgent_ignores_quiet" boolean NOT NULL DEFAULT FALSE, "digest_minutes" integer NOT NULL DEFAULT 0,
    "is_active" boolean NOT NULL DEFAULT TRUE, "last_told_at" varchar, "last_failure" text, "created_at" varchar NOT NULL,
    "version" integer NOT NULL DEFAULT 1, PRIMARY KEY ("rule_id")`,
  notifications: `"notification_id" varchar NOT NULL, "rule_id" varchar NOT NULL, "item_type" varchar NOT NULL,
    "item_id" varchar NOT NULL, "notice" varchar NOT NULL, "user_id" varchar, "lead_id" varchar, "batch" varchar NOT NULL,
    "deliver_at" varchar NOT NULL, "told_at" varchar, "created_at" varchar NOT NULL, PRIMARY KEY ("notification_id")`,
} as const;

const INDEXES = [
  'INDEX "idx_escalations_assigned" ON "escalations" ("assigned_to", "sort_key") WHERE "assigned_to" IS NOT NULL',
  'INDEX "idx_deputies_user" ON "deputies" ("user_id", "until")',
  'INDEX "idx_deputies_deputy" ON "deputies" ("deputy_user_id", "until")',
  'INDEX "idx_case_notes_case" ON "case_notes" ("escalation_id", "created_at")',
  'INDEX "idx_case_notes_lead" ON "case_notes" ("lead_id")',
  'INDEX "idx_case_drafts_lead" ON "case_drafts" ("lead_id")',
  'INDEX "idx_case_drafts_message" ON "case_drafts" ("message_id")',
  'UNIQUE INDEX "idx_saved_replies_name" ON "saved_replies" ("name")',
  'INDEX "idx_notifications_batch" ON "notifications" ("batch")',
  'INDEX "idx_notifications_lead" ON "notifications" ("lead_id")',
  'INDEX "idx_notifications_created_at" ON "notifications" ("created_at")',
];

/** Cases are worked by a team, and people are told of them. */
export class ATeamAndWhoIsTold1795100000059 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // SQLite keeps booleans as numbers, and TypeORM compares a default with the entity's by its text
    const [no, yes] = runner.connection.options.type === 'postgres' ? ['false', 'true'] : ['0', '1'];
    for (const [table, columns] of Object.entries(TABLES))
      await runner.query(`CREATE TABLE "${table}" (${columns.replaceAll('FALSE', no!).replaceAll('TRUE', yes!)})`);
    for (const index of INDEXES) await runner.query(`CREATE ${index}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "idx_escalations_assigned"');
    for (const table of Object.keys(TABLES).reverse()) await runner.query(`DROP TABLE "${table}"`);
  }
}
