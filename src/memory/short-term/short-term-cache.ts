import type { ShortTermMemory } from './short-term.entity.js';

/** All of a lead's entries, expired ones too: who reads says which moment counts. */
type EntriesOfLead = readonly ShortTermMemory[];

interface Cached {
  readonly entries: EntriesOfLead;
  readonly bytes: number;
  /** `performance.now()` when the table was asked. */
  readonly readAt: number;
}

/** A read of the table that is under way. What changes meanwhile is forgotten again when it ends. */
export interface PendingRead {
  readonly startedAt: number;
  readonly leadIds: ReadonlySet<string>;
  readonly changed: Set<string>;
}

export interface CacheLimits {
  /** What the entries may take, as estimated; 0 keeps nothing. */
  readonly maxBytes: number;
  readonly maxLeads: number;
  /** After it an entry is read again: other processes write to the same table. */
  readonly freshMs: number;
}

const OBJECT_BYTES = 300;

/**
 * The least recently used leads go first. Only what was read outside of any unit comes in, so it is committed;
 * whoever commits a change says so with `forget`, and a read that was under way then does not bring back what it saw.
 */
export class ShortTermCache {
  private readonly byLead = new Map<string, Cached>();
  private readonly leadOf = new Map<string, string>();
  private readonly pending = new Set<PendingRead>();
  private bytes = 0;

  constructor(
    private readonly limits: CacheLimits,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get size(): { leads: number; bytes: number } {
    return { leads: this.byLead.size, bytes: this.bytes };
  }

  /** The lead's entries, or undefined when they are not known well enough. */
  get(leadId: string): EntriesOfLead | undefined {
    const cached = this.byLead.get(leadId);
    if (!cached) return undefined;
    if (this.now() - cached.readAt > this.limits.freshMs) {
      this.drop(leadId, cached);
      return undefined;
    }
    this.byLead.delete(leadId);
    this.byLead.set(leadId, cached);
    return cached.entries;
  }

  /** The lead that a conversation was with when it was read last. */
  leadOfConversation(conversationId: string): string | undefined {
    return this.leadOf.get(conversationId);
  }

  /** To be called before the table is asked. */
  beginRead(leadIds: Iterable<string>): PendingRead {
    const read = { startedAt: this.now(), leadIds: new Set(leadIds), changed: new Set<string>() };
    this.pending.add(read);
    return read;
  }

  /** Takes in what the table answered: all entries of the leads of the read. */
  endRead(read: PendingRead, rows: readonly ShortTermMemory[]): void {
    this.pending.delete(read);
    if (this.limits.maxBytes === 0) return;
    const byLead = new Map<string, ShortTermMemory[]>([...read.leadIds].map((id) => [id, []]));
    for (const row of rows) byLead.get(row.lead_id)?.push(row);
    for (const [leadId, entries] of byLead) if (!read.changed.has(leadId)) this.put(leadId, entries, read.startedAt);
  }

  abortRead(read: PendingRead): void {
    this.pending.delete(read);
  }

  /** To be called once a change of these leads' or conversations' entries is committed. */
  forget(leadIds: Iterable<string>, conversationIds: Iterable<string> = []): void {
    const leads = new Set(leadIds);
    for (const id of conversationIds) {
      const lead = this.leadOf.get(id);
      if (lead !== undefined) leads.add(lead);
    }
    for (const id of leads) {
      for (const read of this.pending) read.changed.add(id);
      const cached = this.byLead.get(id);
      if (cached) this.drop(id, cached);
    }
  }

  private put(leadId: string, entries: ShortTermMemory[], readAt: number): void {
    const before = this.byLead.get(leadId);
    if (before) this.drop(leadId, before);
    const bytes = OBJECT_BYTES + entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
    if (bytes > this.limits.maxBytes) return;
    for (const entry of entries) {
      freeze(entry);
      this.leadOf.set(entry.conversation_id, leadId);
    }
    this.byLead.set(leadId, { entries, bytes, readAt });
    this.bytes += bytes;
    for (const [oldest, cached] of this.byLead) {
      if (this.bytes <= this.limits.maxBytes && this.byLead.size <= this.limits.maxLeads) break;
      this.drop(oldest, cached);
    }
  }

  private drop(leadId: string, { entries, bytes }: Cached): void {
    this.byLead.delete(leadId);
    this.bytes -= bytes;
    for (const { conversation_id } of entries)
      if (this.leadOf.get(conversation_id) === leadId) this.leadOf.delete(conversation_id);
  }
}

/** What an entry takes in memory, roughly: two bytes a character. */
export function bytesOf({
  conversation_id,
  lead_id,
  last_utterance_summary,
  active_intent,
  slots_json,
}: Omit<ShortTermMemory, 'expires_at'>): number {
  const characters =
    conversation_id.length +
    lead_id.length +
    last_utterance_summary.length +
    active_intent.length +
    JSON.stringify(slots_json).length;
  return OBJECT_BYTES + 2 * characters;
}

/** Several readers are given the same object. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const each of Object.values(value)) freeze(each);
}
