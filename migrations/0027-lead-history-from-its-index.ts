import type { MigrationInterface, QueryRunner } from 'typeorm';
import { replaceIndex } from './replace-index.js';

const INDEX = 'idx_interactions_lead';

/** What a lead's interactions add up to is read with each decision: the index answers it without the rows. */
export class LeadHistoryFromItsIndex1795100000027 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await replaceIndex(runner, INDEX, on(', "channel", "event_type", "outcome"'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await replaceIndex(runner, INDEX, on(''));
  }
}

const on = (further: string): string => `"interactions" ("lead_id", "timestamp", "interaction_id"${further})`;
