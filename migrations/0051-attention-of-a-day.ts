import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AttentionOfADay1795100000051 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "attention_days" ("day" varchar PRIMARY KEY NOT NULL, "used" integer NOT NULL)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "attention_days"');
  }
}
