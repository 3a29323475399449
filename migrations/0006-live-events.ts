import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One row for what one unit of work told. On PostgreSQL, where units commit side by side, a sequence numbers the
 * rows.
 */
export class LiveEvents1795100000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE "live_events" ("id" bigint NOT NULL, "at" varchar NOT NULL, "events" json NOT NULL, PRIMARY KEY ("id"))',
    );
    if (runner.connection.options.type === 'postgres')
      await runner.query('CREATE SEQUENCE "live_events_numbers" OWNED BY "live_events"."id"');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "live_events"');
  }
}
