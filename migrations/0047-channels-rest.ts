import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Channels whose other side refuses us. */
export class ChannelsRest1795100000047 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "channel_rests" (
      "channel" varchar NOT NULL,
      "reason" text NOT NULL,
      "message_id" varchar NOT NULL,
      "since" varchar NOT NULL,
      "until" varchar NOT NULL,
      PRIMARY KEY ("channel")
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "channel_rests"');
  }
}
