import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people say about being written to, kept by person. */
const UP = [
  `CREATE TABLE "consent_words" (
    "word_id" varchar NOT NULL,
    "lead_id" varchar,
    "email_hash" text,
    "phone_hash" text,
    "channel" text NOT NULL,
    "kind" text NOT NULL,
    "choice" json,
    "at" varchar NOT NULL,
    "source" text NOT NULL,
    "message_id" varchar,
    "proof" json,
    "created_at" varchar NOT NULL,
    PRIMARY KEY ("word_id")
  )`,
  'CREATE INDEX "consent_words_lead" ON "consent_words" ("lead_id") WHERE "lead_id" IS NOT NULL',
  'CREATE INDEX "consent_words_email" ON "consent_words" ("email_hash") WHERE "email_hash" IS NOT NULL',
  'CREATE INDEX "consent_words_phone" ON "consent_words" ("phone_hash") WHERE "phone_hash" IS NOT NULL',
];

export class ConsentWords1795100000045 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "consent_words"');
  }
}
