import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AsOfAStatedDay1795100000050 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE "stated_day" ("name" varchar PRIMARY KEY NOT NULL, "moment" varchar NOT NULL, "stated_at" varchar NOT NULL)`,
    );
    await runner.query(`ALTER TABLE "import_files" ADD COLUMN "shifted_days" integer NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "import_files" DROP COLUMN "shifted_days"');
    await runner.query('DROP TABLE "stated_day"');
  }
}
