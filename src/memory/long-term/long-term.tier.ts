import { Injectable } from '@nestjs/common';
import type { Reader, Unit } from '../../database/index.js';
import { invalid } from '../../errors/index.js';
import {
  STORED_BY,
  type RetrieveMemoryRequest,
  checkValidity,
  toFactResponse,
  toLongTermResponse,
} from '../memory.dto.js';
import { IsMemoryTier, type MemoryTier, type StoreRequestWith } from '../memory-tier.js';
import { FACT_SOURCES, type FactSource } from './fact.js';
import { LeadLearning } from './learning/lead-learning.js';
import { LongTermStore } from './long-term.store.js';

/** What is believed of a lead, as facts with their times and as a row that sums them up. */
@Injectable()
@IsMemoryTier()
export class LongTermTier implements MemoryTier {
  readonly name = 'long_term';
  readonly storedBy = STORED_BY.long_term;
  readonly readBy = ['lead_id'] as const;

  constructor(
    private readonly facts: LongTermStore,
    private readonly learning: LeadLearning,
  ) {}

  async store(unit: Unit, { source = 'api', ...entry }: StoreRequestWith<'lead_id'>, now: string) {
    checkValidity(entry, now);
    await this.facts.remember(unit, [{ ...entry, source: factSource(source) }], now);
    return { memory_id: entry.lead_id, expires_at: null };
  }

  async retrieve(reader: Reader, { lead_id }: RetrieveMemoryRequest, _: number, now: string): Promise<object[]> {
    const rows = await this.facts.summariesOf(reader, [lead_id!]);
    if (rows.length === 0) return [];
    const facts = await this.facts.factsOf(reader, [lead_id!], now, rows);
    return rows.map((row) => toLongTermResponse(row, facts));
  }

  async exportLead(reader: Reader, leadId: string, now: string): Promise<Record<string, unknown>> {
    const holding = await this.facts.factsOf(reader, [leadId], now);
    const signals = await this.learning.signalsOf(reader, leadId);
    return {
      long_term: (await this.facts.summariesOf(reader, [leadId])).map((row) => toLongTermResponse(row, holding)),
      facts: (await this.facts.everBelieved(reader, leadId)).map(toFactResponse),
      learned: signals ? { ...signals.signals_json, counted_until: signals.counted_until } : null,
    };
  }

  async forgetLead(unit: Unit, leadId: string, now: string): Promise<Record<string, number>> {
    return {
      long_term: await this.facts.forgetLead(unit, leadId),
      learned: await this.learning.forgetLead(unit, leadId, now),
    };
  }
}

function factSource(source: string): FactSource {
  const known = FACT_SOURCES.find((each) => each === source);
  if (!known) throw invalid('source', `must be one of ${FACT_SOURCES.join(', ')} in long_term memory`);
  return known;
}
