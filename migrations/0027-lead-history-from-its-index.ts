import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a lead's interactions add up to is read with each decision: the index answers it without the rows. */
export class LeadHistoryFromItsIndex1795100000027 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await replaceIndex(runner, ', "channel", "event_type", "outcome"');
  }

  async down(runner: QueryRunner): Promise<void> {
    await replaceIndex(runner, '');
  }
}

async function replaceIndex(runner: QueryRunner, further: string): Promise<void> {
  await runner.query('DROP INDEX "idx_interactions_lead"');
  await runner.query(
    `CREATE INDEX "idx_interactions_lead" ON "interactions" ("lead_id", "timestamp", "interaction_id"${further})`,
  );
}
