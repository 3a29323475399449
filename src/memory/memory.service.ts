import { Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { Database, type Reader, type Unit } from '../database/index.js';
import { type CommandContext, Operation, type QueryContext } from '../operations/index.js';
import { type EpisodeEntry, type EpisodeQuery, EpisodicStore, type FoundEpisode } from './episodic/episodic.store.js';
import type { NewFact } from './long-term/fact.js';
import { LeadLearning } from './long-term/learning/lead-learning.js';
import type { Observation, ReadHistory } from './long-term/learning/lead-signals.js';
import type { LongTermMemory, MemoryFact } from './long-term/long-term.entities.js';
import { LongTermStore, type RememberedEntry } from './long-term/long-term.store.js';
import {
  DEFAULT_FOUND,
  FoundMemoryResponse,
  MemoryResponse,
  RetrieveMemoryRequest,
  SearchMemoryRequest,
  StoreMemoryRequest,
  StoreMemoryResponse,
} from './memory.dto.js';
import { type MemoryTier, MemoryTiers } from './memory-tier.js';
import type { SemanticTriple } from './semantic/semantic.entities.js';
import { SemanticStore } from './semantic/semantic.store.js';
import type { ShortTermMemory } from './short-term/short-term.entity.js';
import { type ShortTermEntry, ShortTermStore } from './short-term/short-term.store.js';

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
    private readonly tiers: MemoryTiers,
    private readonly shortTerm: ShortTermStore,
    private readonly longTerm: LongTermStore,
    private readonly learning: LeadLearning,
    private readonly episodic: EpisodicStore,
    private readonly semantic: SemanticStore,
  ) {}

  @Operation({
    name: 'memory.store',
    permission: 'memory:rw',
    kind: 'command',
    request: StoreMemoryRequest,
    response: StoreMemoryResponse,
    summary: 'Remember something in one of the four tiers',
    rest: { route: 'POST /api/v1/memory', status: 201 },
    aliases: { rest: 'POST /api/agents/memory/store', rpc: 'storeMemory' },
    resource: 'cache://memory',
  })
  async store(
    request: StoreMemoryRequest,
    { unit, now }: Pick<CommandContext, 'unit' | 'now'>,
  ): Promise<StoreMemoryResponse> {
    const stored = await this.tiers.toStoreInto(request).store(unit, request, now);
    return { tier: request.tier, ...stored, stored_at: now };
  }

  @Operation({
    name: 'memory.retrieve',
    permission: 'memory:rw',
    kind: 'query',
    request: RetrieveMemoryRequest,
    response: MemoryResponse,
    summary: 'What is remembered of a lead, a conversation, a situation or an entity',
    rest: 'GET /api/v1/memory',
    aliases: { rest: 'GET /api/agents/memory/retrieve', rpc: 'fetchMemory' },
    resource: 'cache://memory',
    audience: 'marketer',
  })
  async retrieve(request: RetrieveMemoryRequest, { now }: Pick<QueryContext, 'now'>): Promise<MemoryResponse> {
    const { limit = DEFAULT_FOUND } = request;
    const read = this.tiers.toRead(request);
    const found = await this.gather(read, (tier) => tier.retrieve(this.database, request, limit, now));
    return { ...this.nothingOf(this.tiers.all), ...found } as unknown as MemoryResponse;
  }

  @Operation({
    name: 'memory.search',
    permission: 'memory:rw',
    kind: 'query',
    request: SearchMemoryRequest,
    response: FoundMemoryResponse,
    summary: 'Episodes by situation and words, triples by subject, predicate and object',
    rest: 'GET /api/v1/memory/search',
    resource: 'cache://memory',
  })
  async search(request: SearchMemoryRequest): Promise<FoundMemoryResponse> {
    const { limit = DEFAULT_FOUND } = request;
    const reached = this.tiers.toSearch(request);
    const found = await this.gather(reached, (tier) => tier.search!(this.database, request, limit));
    const searched = this.tiers.all.filter((tier) => tier.search);
    return { ...this.nothingOf(searched), ...found } as unknown as FoundMemoryResponse;
  }

  /** Short-term memory of many leads and long-term rows of many leads, two queries in all per 500 leads. */
  async contextOf(reader: Reader, leadIds: readonly string[], now: string = this.clock.iso()): Promise<MemoryContext> {
    return {
      short_term: await this.shortTermOf(reader, leadIds, now),
      long_term: await this.longTerm.summariesOf(reader, leadIds),
    };
  }

  /** The long-term half of `contextOf`. */
  async summariesOf(reader: Reader, leadIds: readonly string[]): Promise<LongTermMemory[]> {
    return this.longTerm.summariesOf(reader, leadIds);
  }

  /** The short-term half of `contextOf`. */
  async shortTermOf(reader: Reader, leadIds: readonly string[], now: string): Promise<ShortTermMemory[]> {
    return this.shortTerm.ofLeads(reader, leadIds, now);
  }

  /** Sets the short-term entries of many conversations; each takes the place of the one before. */
  async rememberShortTerm(
    unit: Unit,
    entries: readonly ShortTermEntry[],
    now: string = this.clock.iso(),
  ): Promise<ShortTermMemory[]> {
    return this.shortTerm.remember(unit, entries, now);
  }

  /**
   * Adds to what is known of many leads, in the order given; entries without a source are the API's. @returns the
   * summary rows
   */
  async rememberPreferences(
    unit: Unit,
    entries: readonly RememberedEntry[],
    now: string = this.clock.iso(),
  ): Promise<LongTermMemory[]> {
    return this.longTerm.remember(unit, entries, now);
  }

  /**
   * Learns from events: channels, hours, interests, latency, RFM. What was told before does not count again; see
   * `LeadLearning`.
   */
  async observe(unit: Unit, observations: readonly Observation[], now: string, history?: ReadHistory): Promise<number> {
    return this.learning.observe(unit, observations, now, history);
  }

  /** When the lead was forgotten, before which nothing is learned of it; null for one that never was. */
  async forgottenAt(reader: Reader, leadId: string): Promise<string | null> {
    return this.learning.forgottenAt(reader, leadId);
  }

  /** Takes in statements about leads; see `LongTermStore`. */
  async learn(unit: Unit, facts: readonly NewFact[], now: string): Promise<void> {
    await this.longTerm.learn(unit, facts, now);
  }

  /**
   * What is believed of leads and holds at a moment, now when left out.
   * @param longTerm the leads' rows, from who has read them
   */
  async factsOf(
    reader: Reader,
    leadIds: readonly string[],
    at: string = this.clock.iso(),
    longTerm?: readonly LongTermMemory[],
  ): Promise<MemoryFact[]> {
    return this.longTerm.factsOf(reader, leadIds, at, longTerm);
  }

  /** The playbooks for a situation, the most similar first; see `EpisodicStore.search`. */
  async similarEpisodes(reader: Reader, query: EpisodeQuery): Promise<FoundEpisode[]> {
    return this.episodic.search(reader, query);
  }

  /**
   * Takes in what was done and how it went; told again by the same source under the same `source_id` it changes
   * nothing.
   */
  async rememberEpisodes(
    unit: Unit,
    entries: readonly EpisodeEntry[],
    origin: { now: string; source: string },
  ): Promise<void> {
    await this.episodic.tell(unit, entries, origin);
  }

  /** Of these events of a source those that no episode has taken in yet. */
  async eventsWithoutEpisode(reader: Reader, source: string, sourceIds: readonly string[]): Promise<string[]> {
    const known = await this.episodic.episodesOfEvents(reader, source, sourceIds);
    return sourceIds.filter((id) => !known.has(id));
  }

  /** What the graph says works and fails in a situation, the surest first. */
  async lessonsOf(reader: Reader, scenario: string, at: string, limit: number): Promise<SemanticTriple[]> {
    const found: SemanticTriple[] = [];
    for (const predicate of ['works_with', 'fails_with'])
      found.push(...(await this.semantic.search(reader, { subject: scenario, predicate, at, limit })));
    return found.sort((a, b) => b.weight - a.weight).slice(0, limit);
  }

  /** Awaited together: one that fails while another is waited for would be nobody's, and end the process. */
  private async gather(
    tiers: readonly MemoryTier[],
    ask: (tier: MemoryTier) => Promise<object[]>,
  ): Promise<Record<string, object[]>> {
    const answers = await Promise.all(tiers.map(async (tier) => [tier.name, await ask(tier)] as const));
    return Object.fromEntries(answers);
  }

  private nothingOf(tiers: readonly MemoryTier[]): Record<string, object[]> {
    return Object.fromEntries(tiers.map(({ name }) => [name, []]));
  }
}
