import { Injectable } from '@nestjs/common';
import type { Unit } from '../database/index.js';
import { LongTermMemory } from './long-term.entity.js';
import { type MemoryReader, readInParts } from './memory-reader.js';

/** Something learned of a lead. What is left out stays as it is known. */
export interface LongTermEntry {
  readonly lead_id: string;
  readonly region?: string | null;
  readonly industry?: string | null;
  /** 0 to 1. */
  readonly rfm_score?: number;
  /** Taken into the known preferences name by name. */
  readonly preferences_json?: Readonly<Record<string, unknown>>;
}

/** What is known of leads for good: one row each. */
@Injectable()
export class LongTermStore {
  /** Adds to what is known; several entries for one lead apply in their order. @returns the rows as stored */
  async remember(unit: Unit, entries: readonly LongTermEntry[], now: string): Promise<LongTermMemory[]> {
    const known = await this.ofLeads(unit, entries.map(({ lead_id }) => lead_id));
    const rows = new Map(known.map((row) => [row.lead_id, row]));
    for (const entry of entries) rows.set(entry.lead_id, merge(rows.get(entry.lead_id), entry, now));
    await unit.of(LongTermMemory).upsert([...rows.values()]);
    return [...rows.values()];
  }

  ofLeads(reader: MemoryReader, leadIds: Iterable<string>): Promise<LongTermMemory[]> {
    return readInParts(leadIds, (part) => reader.of(LongTermMemory).find({ lead_id: part }));
  }

  forgetLead(unit: Unit, leadId: string): Promise<number> {
    return unit.of(LongTermMemory).delete({ lead_id: leadId });
  }
}

function merge(known: LongTermMemory | undefined, entry: LongTermEntry, now: string): LongTermMemory {
  return {
    lead_id: entry.lead_id,
    region: entry.region === undefined ? (known?.region ?? null) : entry.region,
    industry: entry.industry === undefined ? (known?.industry ?? null) : entry.industry,
    // a lead of whom no purchase is known has the lowest score
    rfm_score: entry.rfm_score ?? known?.rfm_score ?? 0,
    preferences_json: { ...known?.preferences_json, ...entry.preferences_json },
    last_updated_at: now,
  };
}
