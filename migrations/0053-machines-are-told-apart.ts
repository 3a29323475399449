import type { MigrationInterface, QueryRunner } from 'typeorm';
import { replaceIndex } from './replace-index.js';

const INDEX = 'idx_interactions_lead';
const COLUMNS = '"lead_id", "timestamp", "interaction_id", "channel", "event_type", "outcome"';

/**
 * What machines did stands apart from what people did, in a column of its own: what a lead's interactions add up to is
 * still answered from the index alone.
 */
export class MachinesAreToldApart1795100000053 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const isPostgres = runner.connection.options.type === 'postgres';
    const probability = isPostgres
      ? `(metadata_json::json -> 'signal' ->> 'human_probability')::double precision`
      : `json_extract(metadata_json, '$.signal.human_probability')`;
    await runner.query(
      `ALTER TABLE "interactions" ADD COLUMN "is_machine" boolean NOT NULL DEFAULT ${isPostgres ? 'false' : '0'}`,
    );
    await runner.query(
      `UPDATE interactions SET is_machine = ${isPostgres ? 'true' : '1'}
       WHERE CAST(metadata_json AS text) LIKE '%human_probability%' AND ${probability} < 0.5`,
    );
    await replaceIndex(runner, INDEX, `"interactions" (${COLUMNS}, "is_machine")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await replaceIndex(runner, INDEX, `"interactions" (${COLUMNS})`);
    await runner.query('ALTER TABLE "interactions" DROP COLUMN "is_machine"');
  }
}
