import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/index.js';
import { Database, type Reader, type Unit, gt, lte } from '../../database/index.js';
import { invalid } from '../../errors/index.js';
import { readInParts } from '../read-by-keys.js';
import { ShortTermCache } from './short-term-cache.js';
import { ShortTermMemory } from './short-term.entity.js';

export const DEFAULT_TTL_SECONDS = 24 * 60 * 60;
export const MIN_TTL_SECONDS = 60;
export const MAX_TTL_SECONDS = 30 * 24 * 60 * 60;

/**
 * Characters of JSON of one entry that is stored from outside; what agents add to its slots on the way is not
 * refused.
 */
export const MAX_ENTRY_LENGTH = 65_536;
/** How long another process's change may go unseen. */
const FRESH_MS = 1_000;
const MAX_LEADS_CACHED = 200_000;

/** The moments that times to live are held against. */
export interface Moments {
  /** For a history that is looked at as of a stated day, the end of that day; otherwise the same as `now`. */
  readonly at: string;
  readonly now: string;
}

/**
 * Whether an entry's time is over. One that lives longer than any entry of the history can was stored since, and goes
 * by the clock.
 */
export function isOver({ expires_at }: Pick<ShortTermMemory, 'expires_at'>, { at, now }: Moments): boolean {
  return expires_at <= at || (expires_at > endOfHistory(at) && expires_at <= now);
}

function endOfHistory(at: string): string {
  return new Date(Date.parse(at) + MAX_TTL_SECONDS * 1000).toISOString();
}

/** What a conversation is about now. */
export interface ShortTermEntry extends Omit<ShortTermMemory, 'expires_at'> {
  /** How long to keep it; a day when left out. */
  readonly ttl_seconds?: number;
}

/**
 * Conversation context with a time to live. What has expired is never given out, swept or not. Reads outside of a
 * unit go through a cache; an open unit sees its own writes, so its reads go to the table.
 */
@Injectable()
export class ShortTermStore {
  private readonly cache: ShortTermCache;

  constructor(
    private readonly database: Database,
    settings: Settings,
  ) {
    this.cache = new ShortTermCache({
      maxBytes: settings.memoryCacheMb * 2 ** 20,
      maxLeads: MAX_LEADS_CACHED,
      freshMs: FRESH_MS,
    });
  }

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
    unit.afterCommit(() =>
      this.cache.forget(
        rows.map(({ lead_id }) => lead_id),
        rows.map(({ conversation_id }) => conversation_id),
      ),
    );
    return rows;
  }

  async ofLeads(reader: Reader, leadIds: Iterable<string>, now: string): Promise<ShortTermMemory[]> {
    if (reader !== this.database) {
      return readInParts(leadIds, (part) => reader.of(ShortTermMemory).find({ lead_id: part, expires_at: gt(now) }));
    }
    const found: ShortTermMemory[] = [];
    const missing: string[] = [];
    for (const id of new Set(leadIds)) {
      const cached = this.cache.get(id);
      if (cached) found.push(...cached);
      else missing.push(id);
    }
    if (missing.length > 0) found.push(...(await this.load(missing)));
    return found.filter(({ expires_at }) => expires_at > now);
  }

  /** The entries that live longest first. */
  async find(
    reader: Reader,
    { lead_id, conversation_id }: ShortTermQuery,
    now: string,
    limit: number,
  ): Promise<ShortTermMemory[]> {
    if (reader !== this.database) {
      const order = { expires_at: 'desc', conversation_id: 'asc' } as const;
      return reader.of(ShortTermMemory).find({ lead_id, conversation_id, expires_at: gt(now) }, { order, limit });
    }
    const leadId = lead_id ?? (await this.leadOf(conversation_id));
    const entries = leadId === undefined ? [] : await this.ofLeads(reader, [leadId], now);
    return entries
      .filter((entry) => conversation_id === undefined || entry.conversation_id === conversation_id)
      .sort((a, b) =>
        a.expires_at > b.expires_at
          ? -1
          : a.expires_at < b.expires_at
            ? 1
            : a.conversation_id < b.conversation_id
              ? -1
              : 1,
      )
      .slice(0, limit);
  }

  /** The lead that a conversation is with, as far as the reader sees. */
  async ownerOf(reader: Reader, conversationId: string): Promise<string | undefined> {
    return (await reader.of(ShortTermMemory).get(conversationId))?.lead_id;
  }

  /** The unexpired entries that live longest. */
  newest(reader: Reader, now: string, limit: number): Promise<ShortTermMemory[]> {
    return reader.of(ShortTermMemory).find({ expires_at: gt(now) }, { order: { expires_at: 'desc' }, limit });
  }

  /** What the cache holds. */
  get stats(): { entries: number; bytes: number } {
    const { leads, bytes } = this.cache.size;
    return { entries: leads, bytes };
  }

  /**
   * What has expired, the oldest first: for consolidation, which removes what it has taken in. A unit locks it, so
   * that a person is forgotten either before it is taken in, or together with what came of it.
   */
  async expired(reader: Reader, { at, now }: Moments, limit: number): Promise<ShortTermMemory[]> {
    const options = { order: { expires_at: 'asc', conversation_id: 'asc' }, lock: reader !== this.database } as const;
    const ofHistory = await reader.of(ShortTermMemory).find({ expires_at: lte(at) }, { ...options, limit });
    if (ofHistory.length === limit || endOfHistory(at) >= now) return ofHistory;
    const since = await reader
      .of(ShortTermMemory)
      .find({ expires_at: gt(endOfHistory(at)) }, { ...options, limit: limit - ofHistory.length });
    return [...ofHistory, ...since.filter(({ expires_at }) => expires_at <= now)];
  }

  /**
   * Removes entries of these conversations that have expired; one that was renewed meanwhile stays. @returns how many
   * were removed
   */
  async remove(unit: Unit, conversationIds: readonly string[], moments: Moments): Promise<number> {
    const found = await unit.of(ShortTermMemory).find({ conversation_id: [...conversationIds] }, { lock: true });
    const over = found.filter((row) => isOver(row, moments));
    const removed = await unit
      .of(ShortTermMemory)
      .delete({ conversation_id: over.map(({ conversation_id }) => conversation_id) });
    unit.afterCommit(() => this.cache.forget(over.map(({ lead_id }) => lead_id)));
    return removed;
  }

  /** Everything that is held of a lead, expired or not. */
  exportLead(reader: Reader, leadId: string): Promise<ShortTermMemory[]> {
    return reader.of(ShortTermMemory).find({ lead_id: leadId }, { order: { conversation_id: 'asc' } });
  }

  async forgetLead(unit: Unit, leadId: string): Promise<number> {
    const removed = await unit.of(ShortTermMemory).delete({ lead_id: leadId });
    unit.afterCommit(() => this.cache.forget([leadId]));
    return removed;
  }

  private async leadOf(conversationId: string | undefined): Promise<string | undefined> {
    if (conversationId === undefined) return undefined;
    return (
      this.cache.leadOfConversation(conversationId) ??
      (await this.database.of(ShortTermMemory).get(conversationId))?.lead_id
    );
  }

  private async load(leadIds: readonly string[]): Promise<ShortTermMemory[]> {
    const read = this.cache.beginRead(leadIds);
    try {
      const rows = await readInParts(leadIds, (part) => this.database.of(ShortTermMemory).find({ lead_id: part }));
      this.cache.endRead(read, rows);
      return rows;
    } catch (error) {
      this.cache.abortRead(read);
      throw error;
    }
  }
}

export interface ShortTermQuery {
  readonly lead_id?: string;
  readonly conversation_id?: string;
}

/** @throws AppError invalid naming the slots when the entry is too large to be kept */
export function checkLength({
  last_utterance_summary,
  active_intent,
  slots_json,
}: Pick<ShortTermEntry, 'last_utterance_summary' | 'active_intent' | 'slots_json'>): void {
  const length = JSON.stringify({ last_utterance_summary, active_intent, slots_json }).length;
  if (length > MAX_ENTRY_LENGTH) {
    throw invalid(
      'slots_json',
      `the entry has ${length} characters of JSON, at most ${MAX_ENTRY_LENGTH} are kept; store what is long elsewhere and its id here`,
    );
  }
}
