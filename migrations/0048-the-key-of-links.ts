import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By which secret the links in messages are signed: its fingerprint. */
export class TheKeyOfLinks1795100000048 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "link_keys" (
      "purpose" varchar NOT NULL,
      "fingerprint" text NOT NULL,
      "since" varchar NOT NULL,
      PRIMARY KEY ("purpose")
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "link_keys"');
  }
}
