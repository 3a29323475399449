import { Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { Database, type Reader, type Unit } from '../database/index.js';
import { type CommandContext, Operation, type QueryContext, conflict, invalid } from '../operations/index.js';
import { type EpisodeEntry, type EpisodeQuery, EpisodicStore, type FoundEpisode } from './episodic/episodic.store.js';
import { FACT_SOURCES, type FactSource, type NewFact } from './long-term/fact.js';
import { LeadLearning } from './long-term/learning/lead-learning.js';
import type { Observation, ReadHistory } from './long-term/learning/lead-signals.js';
import type { LongTermMemory, MemoryFact } from './long-term/long-term.entities.js';
import { LongTermStore } from './long-term/long-term.store.js';
import { type LongTermEntry, faultOfPreference, statementsOf } from './long-term/summary-row.js';
import {
  DEFAULT_CONFIDENCE,
  DEFAULT_FOUND,
  FoundMemoryResponse,
  LongTermResponse,
  MemoryResponse,
  RetrieveMemoryRequest,
  SearchMemoryRequest,
  StoreMemoryRequest,
  StoreMemoryResponse,
  toEpisodeResponse,
  toLongTermResponse,
  toShortTermResponse,
} from './memory.dto.js';
import { toGraphTriple } from './semantic/graph.dto.js';
import type { SemanticTriple } from './semantic/semantic.entities.js';
import { SemanticStore } from './semantic/semantic.store.js';
import type { EntryProvenance } from './semantic/state-triples.js';
import { ShortTermMemory } from './short-term/short-term.entity.js';
import { type ShortTermEntry, ShortTermStore, checkLength } from './short-term/short-term.store.js';
import { storesInto, tiersToRead } from './tier-fields.js';

/** What memory holds about leads: their unexpired short-term entries and their long-term rows, in no order. */
export interface MemoryContext {
  short_term: ShortTermMemory[];
  long_term: LongTermMemory[];
}

/** What is added to long-term memory, with who says so. */
export type RememberedEntry = LongTermEntry &
  Partial<Pick<NewFact, 'confidence' | 'source' | 'source_id' | 'valid_from' | 'valid_to'>>;

/** The face of the four tiers: the operations, and the bulk paths for code that holds a unit. */
@Injectable()
export class MemoryService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
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
    const stored = (memory_id: string, expires_at: string | null = null) => ({
      tier: request.tier,
      memory_id,
      stored_at: now,
      expires_at,
    });
    if (storesInto('short_term', request)) {
      const { conversation_id, lead_id, last_utterance_summary, active_intent, slots_json = {}, ttl_seconds } = request;
      await this.checkOwner(unit, conversation_id, lead_id);
      const entry = { conversation_id, lead_id, last_utterance_summary, active_intent, slots_json };
      checkLength(entry);
      const [row] = await this.shortTerm.remember(
        unit,
        [{ ...entry, ...(ttl_seconds !== undefined && { ttl_seconds }) }],
        now,
      );
      return stored(conversation_id, row!.expires_at);
    }
    checkValidity(request, now);
    if (storesInto('long_term', request)) {
      const { source = 'api', ...entry } = request;
      await this.rememberPreferences(unit, [{ ...entry, source: factSource(source) }], now);
      return stored(request.lead_id);
    }
    if (storesInto('episodic', request)) {
      const { tier: _, notes = '', source = 'api', ...episode } = request;
      const [row] = await this.episodic.remember(unit, [{ ...episode, notes }], { now, source });
      return stored(row!.episode_id);
    }
    if (storesInto('semantic', request)) {
      const { tier: _, source = 'api', source_id, lead_id, ...triple } = request;
      const origin = originOf(source_id, lead_id);
      const [row] = await this.semantic.remember(unit, [{ ...triple, source, ...(origin && { provenance: origin }) }], {
        now,
      });
      return stored(row!.triple_id);
    }
    throw invalid('tier', 'is unknown');
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
    const { lead_id, conversation_id, episode_id, scenario, limit = DEFAULT_FOUND } = request;
    const tiers = tiersToRead(request);
    const reader = this.database;
    const entity = request.entity ?? lead_id;
    // all are awaited together: one that fails while another is waited for would be nobody's, and end the process
    const [short_term, long_term, episodes, triples] = await Promise.all([
      tiers.has('short_term') ? this.shortTerm.find(reader, { lead_id, conversation_id }, now, limit) : [],
      tiers.has('long_term') ? this.longTermOf(lead_id!, now) : [],
      tiers.has('episodic') ? this.episodic.search(reader, { episode_id, scenario, limit }) : [],
      tiers.has('semantic') ? this.semantic.neighbours(reader, entity!, { limit, at: now }) : [],
    ]);
    return {
      short_term: short_term.map(toShortTermResponse),
      long_term,
      episodic: episodes.map(toEpisodeResponse),
      semantic: triples.map((row) => toGraphTriple(row)),
    };
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
  async search({ limit = DEFAULT_FOUND, ...request }: SearchMemoryRequest): Promise<FoundMemoryResponse> {
    const { scenario, text, min_outcome, subject, predicate, object } = request;
    const asksFor = (...values: unknown[]) => values.some((value) => value !== undefined);
    const isAboutEpisodes = asksFor(scenario, text, min_outcome);
    const isAboutTriples = asksFor(subject, predicate, object);
    if (!isAboutEpisodes && !isAboutTriples)
      throw invalid('text', 'give at least one of scenario, text, min_outcome, subject, predicate, object');
    const episodes = isAboutEpisodes
      ? await this.episodic.search(this.database, { scenario, text, min_outcome, limit })
      : [];
    const triples = isAboutTriples
      ? await this.semantic.search(this.database, { subject, predicate, object, limit })
      : [];
    return { episodic: episodes.map(toEpisodeResponse), semantic: triples.map((row) => toGraphTriple(row)) };
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
    const statements = entries.flatMap(
      ({ confidence = DEFAULT_CONFIDENCE, source = 'api', source_id, valid_from, valid_to, ...entry }) => {
        for (const [name, value] of Object.entries(entry.preferences_json ?? {})) {
          const fault = faultOfPreference(name, value);
          if (fault) throw invalid(`preferences_json.${name}`, fault);
        }
        return statementsOf(entry, {
          confidence,
          source,
          ...(source_id && { source_id }),
          ...(valid_from && { valid_from }),
          ...(valid_to && { valid_to }),
        });
      },
    );
    const leadIds = entries.map(({ lead_id }) => lead_id);
    return (await this.longTerm.take(unit, { leadIds, facts: statements }, now)).rows;
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
    await this.episodic.remember(unit, entries, origin);
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

  private async longTermOf(leadId: string, now: string): Promise<LongTermResponse[]> {
    const rows = await this.longTerm.summariesOf(this.database, [leadId]);
    if (rows.length === 0) return [];
    const facts = await this.longTerm.factsOf(this.database, [leadId], now, rows);
    return rows.map((row) => toLongTermResponse(row, facts));
  }

  private async checkOwner(unit: Unit, conversationId: string, leadId: string): Promise<void> {
    const known = await unit.of(ShortTermMemory).get(conversationId);
    if (known && known.lead_id !== leadId) {
      throw conflict(
        'conversation_of_another_lead',
        `conversation_id: "${conversationId}" is a conversation with another lead than "${leadId}"`,
      );
    }
  }
}

function checkValidity({ valid_from, valid_to }: StoreMemoryRequest, now: string): void {
  if (valid_to !== undefined && valid_to <= (valid_from ?? now))
    throw invalid('valid_to', `must be later than ${valid_from ? 'valid_from' : 'now'}`);
}

/** What a triple from outside was learned from: an event of the caller's, a person, or nothing that it names. */
function originOf(sourceId: string | undefined, leadId: string | undefined): EntryProvenance | undefined {
  if (sourceId !== undefined) return { kind: 'call', ref_id: sourceId, lead_id: leadId ?? null };
  return leadId === undefined ? undefined : { kind: 'lead', ref_id: leadId };
}

function factSource(source: string): FactSource {
  const known = FACT_SOURCES.find((each) => each === source);
  if (!known) throw invalid('source', `must be one of ${FACT_SOURCES.join(', ')} in long_term memory`);
  return known;
}
