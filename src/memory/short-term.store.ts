import { Injectable } from '@nestjs/common';
import { type Unit, type Where, gt, lte } from '../database/index.js';
import { type MemoryReader, readInParts } from './memory-reader.js';
import { ShortTermMemory } from './short-term.entity.js';

export const DEFAULT_TTL_SECONDS = 24 * 60 * 60;
export const MIN_TTL_SECONDS = 60;
export const MAX_TTL_SECONDS = 30 * 24 * 60 * 60;

/** What a conversation is about now. */
export interface ShortTermEntry extends Omit<ShortTermMemory, 'expires_at'> {
  /** How long to keep it; a day when left out. */
  readonly ttl_seconds?: number;
}

/** Conversation context with a time to live. What has expired is never given out, swept or not. */
@Injectable()
export class ShortTermStore {
  /** One entry per conversation: a new one takes the place of the old. @returns the rows as stored */
  async remember(unit: Unit, entries: readonly ShortTermEntry[], now: string): Promise<ShortTermMemory[]> {
    const start = Date.parse(now);
    const rows = entries.map(({ ttl_seconds = DEFAULT_TTL_SECONDS, ...entry }): ShortTermMemory => {
      if (!(ttl_seconds >= MIN_TTL_SECONDS && ttl_seconds <= MAX_TTL_SECONDS)) {
        throw new RangeError(`ttl_seconds must be from ${MIN_TTL_SECONDS} to ${MAX_TTL_SECONDS}, got ${ttl_seconds}`);
      }
      return { ...entry, expires_at: new Date(start + ttl_seconds * 1000).toISOString() };
    });
    await unit.of(ShortTermMemory).upsert(rows);
    return rows;
  }

  ofLeads(reader: MemoryReader, leadIds: Iterable<string>, now: string): Promise<ShortTermMemory[]> {
    return readInParts(leadIds, (part) => reader.of(ShortTermMemory).find({ lead_id: part, expires_at: gt(now) }));
  }

  /** The entries that live longest first. */
  find(reader: MemoryReader, where: Where<ShortTermMemory>, now: string, limit: number): Promise<ShortTermMemory[]> {
    return reader.of(ShortTermMemory).find({ ...where, expires_at: gt(now) }, { order: { expires_at: 'desc', conversation_id: 'asc' }, limit });
  }

  /** @returns how many entries were removed */
  sweepExpired(unit: Unit, now: string): Promise<number> {
    return unit.of(ShortTermMemory).delete({ expires_at: lte(now) });
  }

  forgetLead(unit: Unit, leadId: string): Promise<number> {
    return unit.of(ShortTermMemory).delete({ lead_id: leadId });
  }
}
