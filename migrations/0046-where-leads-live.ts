import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where a lead lives, as far as somebody says: a country, and the time zone. */
export class WhereLeadsLive1795100000046 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "leads" ADD COLUMN "country" varchar');
    await runner.query('ALTER TABLE "leads" ADD COLUMN "time_zone" varchar');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "leads" DROP COLUMN "time_zone"');
    await runner.query('ALTER TABLE "leads" DROP COLUMN "country"');
  }
}
