import { Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { Database, type Unit } from '../database/index.js';
import { type CommandContext, Operation, type QueryContext, conflict, invalid } from '../operations/index.js';
import type { EpisodicMemory } from './episodic.entity.js';
import { EpisodicStore, type EpisodeQuery } from './episodic.store.js';
import type { LongTermMemory } from './long-term.entity.js';
import { type LongTermEntry, LongTermStore } from './long-term.store.js';
import type { MemoryReader } from './memory-reader.js';
import {
  DEFAULT_FOUND, FoundMemoryResponse, MemoryResponse, RetrieveMemoryRequest, SearchMemoryRequest, StoreMemoryRequest, StoreMemoryResponse,
  toEpisodeResponse, toLongTermResponse, toShortTermResponse, toTripleResponse,
} from './memory.dto.js';
import { SemanticStore } from './semantic.store.js';
import { ShortTermMemory } from './short-term.entity.js';
import { type ShortTermEntry, ShortTermStore } from './short-term.store.js';
import { storesInto, tiersToRead } from './tier-fields.js';

/** What memory holds about leads: their unexpired short-term entries and their long-term rows, in no order. */
export interface MemoryContext {
  short_term: ShortTermMemory[];
  long_term: LongTermMemory[];
}

/** The face of the four tiers: the operations, and the bulk paths for code that holds a unit. */
@Injectable()
export class MemoryService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly shortTerm: ShortTermStore,
    private readonly longTerm: LongTermStore,
    private readonly episodic: EpisodicStore,
    private readonly semantic: SemanticStore,
  ) {}

  @Operation({
    name: 'memory.store', permission: 'memory:rw', kind: 'command', request: StoreMemoryRequest, response: StoreMemoryResponse,
    summary: 'Remember something in one of the four tiers',
  })
  async store(request: StoreMemoryRequest, { unit, now }: Pick<CommandContext, 'unit' | 'now'>): Promise<StoreMemoryResponse> {
    const stored = (memory_id: string, expires_at: string | null = null) => ({ tier: request.tier, memory_id, stored_at: now, expires_at });
    if (storesInto('short_term', request)) {
      const { conversation_id, lead_id, last_utterance_summary, active_intent, slots_json = {}, ttl_seconds } = request;
      await this.checkOwner(unit, conversation_id, lead_id);
      const entry = { conversation_id, lead_id, last_utterance_summary, active_intent, slots_json };
      const [row] = await this.shortTerm.remember(unit, [{ ...entry, ...(ttl_seconds !== undefined && { ttl_seconds }) }], now);
      return stored(conversation_id, row!.expires_at);
    }
    if (storesInto('long_term', request)) {
      await this.longTerm.remember(unit, [request], now);
      return stored(request.lead_id);
    }
    if (storesInto('episodic', request)) {
      const { tier: _, notes = '', ...episode } = request;
      const [row] = await this.episodic.remember(unit, [{ ...episode, notes }]);
      return stored(row!.episode_id);
    }
    if (storesInto('semantic', request)) {
      const { source = 'api', ...triple } = request;
      const [row] = await this.semantic.remember(unit, [{ ...triple, source }]);
      return stored(row!.triple_id);
    }
    throw invalid('tier', 'is unknown');
  }

  @Operation({
    name: 'memory.retrieve', permission: 'memory:rw', kind: 'query', request: RetrieveMemoryRequest, response: MemoryResponse,
    summary: 'What is remembered of a lead, a conversation, a situation or an entity',
  })
  async retrieve(request: RetrieveMemoryRequest, { now }: Pick<QueryContext, 'now'>): Promise<MemoryResponse> {
    const { lead_id, conversation_id, episode_id, scenario, limit = DEFAULT_FOUND } = request;
    const tiers = tiersToRead(request);
    const reader = this.database;
    const short = tiers.has('short_term') ? this.shortTerm.find(reader, { lead_id, conversation_id }, now, limit) : [];
    const long = tiers.has('long_term') ? this.longTerm.ofLeads(reader, [lead_id!]) : [];
    const episodes = tiers.has('episodic') ? this.episodic.search(reader, { episode_id, scenario, limit }) : [];
    const triples = tiers.has('semantic') ? this.semantic.neighbours(reader, (request.entity ?? lead_id)!, limit) : [];
    return {
      short_term: (await short).map(toShortTermResponse),
      long_term: (await long).map(toLongTermResponse),
      episodic: (await episodes).map(toEpisodeResponse),
      semantic: (await triples).map(toTripleResponse),
    };
  }

  @Operation({
    name: 'memory.search', permission: 'memory:rw', kind: 'query', request: SearchMemoryRequest, response: FoundMemoryResponse,
    summary: 'Episodes by situation and words, triples by subject, predicate and object',
  })
  async search({ limit = DEFAULT_FOUND, ...request }: SearchMemoryRequest): Promise<FoundMemoryResponse> {
    const { scenario, text, min_outcome, subject, predicate, object } = request;
    const asksFor = (...values: unknown[]) => values.some((value) => value !== undefined);
    const isAboutEpisodes = asksFor(scenario, text, min_outcome);
    const isAboutTriples = asksFor(subject, predicate, object);
    if (!isAboutEpisodes && !isAboutTriples) throw invalid('text', 'give at least one of scenario, text, min_outcome, subject, predicate, object');
    const episodes = isAboutEpisodes ? await this.episodic.search(this.database, { scenario, text, min_outcome, limit }) : [];
    const triples = isAboutTriples ? await this.semantic.search(this.database, { subject, predicate, object, limit }) : [];
    return { episodic: episodes.map(toEpisodeResponse), semantic: triples.map(toTripleResponse) };
  }

  /** Short-term memory of many leads and long-term rows of many leads, two queries in all per 500 leads. */
  async contextOf(reader: MemoryReader, leadIds: readonly string[], now: string = this.clock.iso()): Promise<MemoryContext> {
    return { short_term: await this.shortTerm.ofLeads(reader, leadIds, now), long_term: await this.longTerm.ofLeads(reader, leadIds) };
  }

  /** Sets the short-term entries of many conversations; each takes the place of the one before. */
  async rememberShortTerm(unit: Unit, entries: readonly ShortTermEntry[], now: string = this.clock.iso()): Promise<ShortTermMemory[]> {
    return this.shortTerm.remember(unit, entries, now);
  }

  /** Adds to the long-term rows of many leads. */
  async rememberPreferences(unit: Unit, entries: readonly LongTermEntry[], now: string = this.clock.iso()): Promise<LongTermMemory[]> {
    return this.longTerm.remember(unit, entries, now);
  }

  /** The playbooks for a situation: those with most of the words first, then those that went best. */
  async similarEpisodes(reader: MemoryReader, query: EpisodeQuery): Promise<EpisodicMemory[]> {
    return this.episodic.search(reader, query);
  }

  /** Removes short-term entries that are over. @returns how many */
  async sweepExpired(unit: Unit, now: string): Promise<number> {
    return this.shortTerm.sweepExpired(unit, now);
  }

  /** Erases a lead from all four tiers. @returns how many entries held it */
  async forgetLead(unit: Unit, leadId: string): Promise<number> {
    let forgotten = 0;
    for (const store of [this.shortTerm, this.longTerm, this.episodic, this.semantic]) forgotten += await store.forgetLead(unit, leadId);
    return forgotten;
  }

  private async checkOwner(unit: Unit, conversationId: string, leadId: string): Promise<void> {
    const known = await unit.of(ShortTermMemory).get(conversationId);
    if (known && known.lead_id !== leadId) {
      throw conflict('conversation_of_another_lead', `conversation_id: "${conversationId}" is a conversation with another lead than "${leadId}"`);
    }
  }
}
