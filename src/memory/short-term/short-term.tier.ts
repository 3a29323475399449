import { Injectable } from '@nestjs/common';
import type { Reader, Unit } from '../../database/index.js';
import { conflict } from '../../errors/index.js';
import { STORED_BY, type RetrieveMemoryRequest, toShortTermResponse } from '../memory.dto.js';
import { IsMemoryTier, type MemoryTier, type StoreRequestWith, type TierStats } from '../memory-tier.js';
import { ShortTermStore, checkLength } from './short-term.store.js';

/** What a conversation is about now, for a time. Its end is consolidation's, which takes in what has expired. */
@Injectable()
@IsMemoryTier()
export class ShortTermTier implements MemoryTier {
  readonly name = 'short_term';
  readonly storedBy = STORED_BY.short_term;
  readonly readBy = ['lead_id', 'conversation_id'] as const;

  constructor(private readonly entries: ShortTermStore) {}

  async store(unit: Unit, request: StoreRequestWith<(typeof STORED_BY.short_term.needs)[number]>, now: string) {
    const { conversation_id, lead_id, last_utterance_summary, active_intent, slots_json = {}, ttl_seconds } = request;
    const owner = await this.entries.ownerOf(unit, conversation_id);
    if (owner !== undefined && owner !== lead_id) {
      throw conflict(
        'conversation_of_another_lead',
        `conversation_id: "${conversation_id}" is a conversation with another lead than "${lead_id}"`,
      );
    }
    const entry = { conversation_id, lead_id, last_utterance_summary, active_intent, slots_json };
    checkLength(entry);
    const timed = { ...entry, ...(ttl_seconds !== undefined && { ttl_seconds }) };
    const [row] = await this.entries.remember(unit, [timed], now);
    return { memory_id: conversation_id, expires_at: row!.expires_at };
  }

  async retrieve(
    reader: Reader,
    { lead_id, conversation_id }: RetrieveMemoryRequest,
    limit: number,
    now: string,
  ): Promise<object[]> {
    return (await this.entries.find(reader, { lead_id, conversation_id }, now, limit)).map(toShortTermResponse);
  }

  async exportLead(reader: Reader, leadId: string): Promise<Record<string, unknown>> {
    return { short_term: (await this.entries.exportLead(reader, leadId)).map(toShortTermResponse) };
  }

  async forgetLead(unit: Unit, leadId: string): Promise<Record<string, number>> {
    return { short_term: await this.entries.forgetLead(unit, leadId) };
  }

  stats(): TierStats {
    return this.entries.stats;
  }
}
