import { Injectable } from '@nestjs/common';
import type { Reader, Unit } from '../../database/index.js';
import { readInParts } from '../read-by-keys.js';
import { LongTermMemory } from './long-term.entities.js';
import { emptySummary } from './summary-row.js';

/** The summary of what is known of each lead: one row, kept in step with the facts by `FactStore`. */
@Injectable()
export class LongTermStore {
  ofLeads(reader: Reader, leadIds: Iterable<string>): Promise<LongTermMemory[]> {
    return readInParts(leadIds, (part) => reader.of(LongTermMemory).find({ lead_id: part }));
  }

  /** The rows of these leads, made where there are none, and locked so that one unit at a time learns about a lead. */
  async hold(unit: Unit, leadIds: Iterable<string>, now: string): Promise<LongTermMemory[]> {
    const rows = unit.of(LongTermMemory);
    const lock = (ids: string[]) => rows.find({ lead_id: ids }, { order: { lead_id: 'asc' }, lock: true });
    // in the order of their ids, so that two units do not wait for each other
    const sorted = [...new Set(leadIds)].sort();
    const held = await readInParts(sorted, lock);
    if (held.length === sorted.length) return held;
    const known = new Set(held.map(({ lead_id }) => lead_id));
    const missing = sorted.filter((id) => !known.has(id));
    const made = missing.map((id) => emptySummary(id, now));
    if ((await rows.insertNew(made)) === made.length) return [...held, ...made];
    return [...held, ...(await readInParts(missing, lock))];
  }

  async write(unit: Unit, rows: readonly LongTermMemory[]): Promise<void> {
    await unit.of(LongTermMemory).upsert(rows);
  }

  async setRfmScore(unit: Unit, leadId: string, rfm_score: number, now: string): Promise<void> {
    await unit.of(LongTermMemory).update({ lead_id: leadId }, { rfm_score, last_updated_at: now });
  }

  forgetLead(unit: Unit, leadId: string): Promise<number> {
    return unit.of(LongTermMemory).delete({ lead_id: leadId });
  }
}
