import type { MigrationInterface, QueryRunner } from 'typeorm';
import { replaceIndex } from './replace-index.js';

/** Asked only for messages that have got so far; those that are still planned need no place in them. */
const INDEXES = {
  messages_channel_settled: { columns: '"channel", "settled_at"', when: '"settled_at" IS NOT NULL' },
  messages_address: { columns: '"to_address_hash", "claimed_at"', when: '"claimed_at" IS NOT NULL' },
  messages_sent_at: { columns: '"sent_at"', when: '"sent_at" IS NOT NULL' },
} as const;

export class WhatHasBeenSent1795100000030 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, { columns, when }] of Object.entries(INDEXES))
      await replaceIndex(runner, name, `"messages" (${columns}) WHERE ${when}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name, { columns }] of Object.entries(INDEXES))
      await replaceIndex(runner, name, `"messages" (${columns})`);
  }
}
