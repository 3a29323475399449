import { invalid } from '../errors/index.js';
import {
  AtLeastOneOf,
  Choice,
  FieldsBy,
  Instant,
  IntNum,
  JsonObject,
  JsonValue,
  ListOf,
  Nested,
  Num,
  Str,
  type FieldsOfValue,
} from '../operations/index.js';
import { ConsolidatedItemResponse } from './consolidation/consolidation.dto.js';
import type { EpisodicMemory } from './episodic/episodic.entities.js';
import type { FoundEpisode } from './episodic/episodic.store.js';
import { DEFAULT_CONFIDENCE, FACT_SOURCES } from './long-term/fact.js';
import type { LongTermMemory, MemoryFact } from './long-term/long-term.entities.js';
import { GraphTripleResponse } from './semantic/graph.dto.js';
import type { ShortTermMemory } from './short-term/short-term.entity.js';
import { DEFAULT_TTL_SECONDS, MAX_TTL_SECONDS, MIN_TTL_SECONDS } from './short-term/short-term.store.js';

export const TIERS = ['short_term', 'long_term', 'episodic', 'semantic'] as const;
export type Tier = (typeof TIERS)[number];

/** The fields that storing in each tier needs, and those that it takes besides. */
export const STORED_BY = {
  short_term: {
    needs: ['conversation_id', 'lead_id', 'last_utterance_summary', 'active_intent'],
    takes: ['slots_json', 'ttl_seconds'],
  },
  long_term: {
    needs: ['lead_id'],
    takes: [
      'region',
      'industry',
      'rfm_score',
      'preferences_json',
      'confidence',
      'source',
      'source_id',
      'valid_from',
      'valid_to',
    ],
    among: { source: FACT_SOURCES },
  },
  episodic: {
    needs: ['scenario', 'action_sequence_json', 'outcome_score'],
    takes: ['episode_id', 'notes', 'lead_id', 'source', 'source_id'],
  },
  semantic: {
    needs: ['subject', 'predicate', 'object', 'weight'],
    takes: ['source', 'source_id', 'lead_id', 'subject_type', 'object_type', 'valid_from', 'valid_to'],
  },
} as const satisfies Record<Tier, FieldsOfValue>;

const ID = { min: 1, max: 64 };
const NAME = { min: 1, max: 200 };
const SHARE = { min: 0, max: 1 };
const TEXT_MAX = 20_000;
const MAX_FOUND = 200;
export const DEFAULT_FOUND = 50;

@FieldsBy('tier', STORED_BY, {
  missing: (tier) => `is needed to store ${tier} memory`,
  foreign: (tier) => `is not a field of ${tier} memory`,
})
export class StoreMemoryRequest {
  @Choice(TIERS) tier!: Tier;

  @Str({ optional: true, ...ID, description: 'short_term: the entry of this conversation is replaced' })
  conversation_id?: string;
  @Str({
    optional: true,
    ...ID,
    description: 'short_term, long_term; episodic: with whom it happened; semantic: of whom it was learned',
  })
  lead_id?: string;
  @Str({ optional: true, max: TEXT_MAX, description: 'short_term' }) last_utterance_summary?: string;
  @Str({ optional: true, ...NAME, description: 'short_term', example: 'book_demo' }) active_intent?: string;
  @JsonObject({ optional: true, description: 'short_term: what was taken from the conversation' }) slots_json?: Record<
    string,
    unknown
  >;
  @IntNum({
    optional: true,
    min: MIN_TTL_SECONDS,
    max: MAX_TTL_SECONDS,
    default: DEFAULT_TTL_SECONDS,
    description: 'short_term',
  })
  ttl_seconds?: number;

  @Str({ optional: true, nullable: true, ...NAME, description: 'long_term' }) region?: string | null;
  @Str({ optional: true, nullable: true, ...NAME, description: 'long_term' }) industry?: string | null;
  @Num({ optional: true, ...SHARE, description: 'long_term' }) rfm_score?: number;
  @JsonObject({ optional: true, description: 'long_term: taken into the known preferences name by name' })
  preferences_json?: Record<string, unknown>;
  @Num({ optional: true, ...SHARE, default: DEFAULT_CONFIDENCE, description: 'long_term: how sure it is' })
  confidence?: number;
  @Str({
    optional: true,
    ...NAME,
    description: 'long_term, semantic: names the evidence; episodic: the event; the same told again counts once',
  })
  source_id?: string;
  @Instant({ optional: true, description: 'long_term, semantic: from when it holds; now when left out' })
  valid_from?: string;
  @Instant({ optional: true, description: 'long_term, semantic: from when it holds no more; open when left out' })
  valid_to?: string;

  @Str({
    optional: true,
    ...ID,
    description: 'episodic: replaces that episode; a new one, or one more of a near-identical one, when left out',
  })
  episode_id?: string;
  @Str({ optional: true, ...NAME, description: 'episodic', example: 'security_review' }) scenario?: string;
  @ListOf('string', { optional: true, minItems: 1, maxItems: 100, description: 'episodic: the steps taken, in order' })
  action_sequence_json?: string[];
  @Num({ optional: true, ...SHARE, description: 'episodic: 0 went badly, 1 went well' }) outcome_score?: number;
  @Str({ optional: true, max: TEXT_MAX, description: 'episodic' }) notes?: string;

  @Str({ optional: true, ...NAME, description: 'semantic' }) subject?: string;
  @Str({ optional: true, ...NAME, description: 'semantic', example: 'interested_in' }) predicate?: string;
  @Str({ optional: true, ...NAME, description: 'semantic' }) object?: string;
  @Str({ optional: true, ...NAME, description: 'semantic: what kind of thing the subject is', example: 'industry' })
  subject_type?: string;
  @Str({ optional: true, ...NAME, description: 'semantic' }) object_type?: string;
  @Num({ optional: true, min: 0.1, max: 1, description: 'semantic' }) weight?: number;
  @Str({
    optional: true,
    ...NAME,
    description: `semantic, episodic: who says so. long_term: one of ${FACT_SOURCES.join(', ')}`,
    default: 'api',
  })
  source?: string;
}

/** @throws AppError invalid when it would end before it begins */
export function checkValidity({ valid_from, valid_to }: Partial<StoreMemoryRequest>, now: string): void {
  if (valid_to !== undefined && valid_to <= (valid_from ?? now))
    throw invalid('valid_to', `must be later than ${valid_from ? 'valid_from' : 'now'}`);
}

export class StoreMemoryResponse {
  @Choice(TIERS) tier!: Tier;
  @Str({ description: 'The key of the entry: conversation_id, lead_id, episode_id or triple_id' }) memory_id!: string;
  @Instant() stored_at!: string;
  @Instant({ nullable: true, description: 'Null for what stays' }) expires_at!: string | null;
}

export class RetrieveMemoryRequest {
  @Choice(TIERS, { optional: true, description: 'Every tier that the other fields reach when left out' }) tier?: Tier;
  @Str({ optional: true, ...ID, description: 'short_term, long_term, semantic' }) lead_id?: string;
  @Str({ optional: true, ...ID, description: 'short_term' }) conversation_id?: string;
  @Str({ optional: true, ...ID, description: 'episodic' }) episode_id?: string;
  @Str({ optional: true, ...NAME, description: 'episodic' }) scenario?: string;
  @Str({ optional: true, ...NAME, description: 'semantic: subject or object' }) entity?: string;
  @IntNum({
    optional: true,
    min: 1,
    max: MAX_FOUND,
    default: DEFAULT_FOUND,
    description: 'At most so many entries of each tier',
  })
  limit?: number;
}

@AtLeastOneOf('text', 'scenario', 'min_outcome', 'subject', 'predicate', 'object')
export class SearchMemoryRequest {
  @Str({ optional: true, ...NAME, description: 'Episodes of this situation' }) scenario?: string;
  @Str({
    optional: true,
    ...NAME,
    description: 'Episodes of situations like this, in any words; the most similar, best matching and best ended first',
  })
  text?: string;
  @Num({ optional: true, ...SHARE, description: 'Episodes that went at least this well' }) min_outcome?: number;
  @Str({ optional: true, ...NAME, description: 'Triples' }) subject?: string;
  @Str({ optional: true, ...NAME, description: 'Triples' }) predicate?: string;
  @Str({ optional: true, ...NAME, description: 'Triples' }) object?: string;
  @IntNum({ optional: true, min: 1, max: MAX_FOUND, default: DEFAULT_FOUND, description: 'At most so many of each' })
  limit?: number;
}

export class ShortTermResponse {
  @Str() conversation_id!: string;
  @Str() lead_id!: string;
  @Str({ max: TEXT_MAX }) last_utterance_summary!: string;
  @Str() active_intent!: string;
  @JsonObject() slots_json!: Record<string, unknown>;
  @Instant() expires_at!: string;
}

/** A belief about a lead: when it holds (`valid_…`), and while it was believed (`recorded_at` to `closed_at`). */
export class FactResponse {
  @Str() fact_id!: string;
  @Str() name!: string;
  @JsonValue() value!: unknown;
  @Num(SHARE) confidence!: number;
  @Choice(FACT_SOURCES, { description: 'Of the strongest evidence' }) source!: string;
  @Str({ nullable: true }) source_id!: string | null;
  @IntNum({ description: 'How many statements it rests on' }) evidence!: number;
  @Instant() valid_from!: string;
  @Instant({ nullable: true, description: 'Null while no end is known' }) valid_to!: string | null;
  @Instant() recorded_at!: string;
  @Instant({ nullable: true, description: 'Null while it is believed' }) closed_at!: string | null;
}

export class LongTermResponse {
  @Str() lead_id!: string;
  @Str({ nullable: true }) region!: string | null;
  @Str({ nullable: true }) industry!: string | null;
  @Num(SHARE) rfm_score!: number;
  @JsonObject() preferences_json!: Record<string, unknown>;
  @Instant() last_updated_at!: string;
  @Nested(() => FactResponse, { array: true, description: 'What is believed now and holds now' })
  facts!: FactResponse[];
}

export class EpisodeResponse {
  @Str() episode_id!: string;
  @Str() scenario!: string;
  @ListOf('string', { max: TEXT_MAX }) action_sequence_json!: string[];
  @Num({ ...SHARE, description: 'The mean of all occurrences' }) outcome_score!: number;
  @Str({ max: TEXT_MAX }) notes!: string;
  @IntNum({ optional: true, min: 0, description: 'How often it was told' }) occurrences?: number;
  @Num({
    optional: true,
    description: 'What the order goes by: similarity, text rank and outcome fused; comparable within one answer only',
  })
  score?: number;
  @Num({ optional: true, nullable: true, min: -1, max: 1, description: 'Cosine with the text that was searched for' })
  similarity?: number | null;
  @IntNum({
    optional: true,
    nullable: true,
    min: 1,
    description: 'Place among the episodes that hold its words; null for none of them',
  })
  text_rank?: number | null;
}

export class FoundMemoryResponse {
  @Nested(() => EpisodeResponse, { array: true }) episodic!: EpisodeResponse[];
  @Nested(() => GraphTripleResponse, { array: true }) semantic!: GraphTripleResponse[];
}

export class MemoryResponse extends FoundMemoryResponse {
  @Nested(() => ShortTermResponse, { array: true, description: 'Unexpired entries only' })
  short_term!: ShortTermResponse[];
  @Nested(() => LongTermResponse, { array: true }) long_term!: LongTermResponse[];
}

export function toShortTermResponse(row: ShortTermMemory): ShortTermResponse {
  const { conversation_id, lead_id, last_utterance_summary, active_intent, slots_json, expires_at } = row;
  return { conversation_id, lead_id, last_utterance_summary, active_intent, slots_json, expires_at };
}

export function toLongTermResponse(row: LongTermMemory, facts: readonly MemoryFact[]): LongTermResponse {
  const { lead_id, region, industry, rfm_score, preferences_json, last_updated_at } = row;
  const own = facts.filter((fact) => fact.lead_id === lead_id).map(toFactResponse);
  return { lead_id, region, industry, rfm_score, preferences_json, last_updated_at, facts: own };
}

export function toFactResponse(fact: MemoryFact): FactResponse {
  const {
    fact_id,
    name,
    value_json,
    confidence,
    source,
    source_id,
    evidence_json,
    valid_from,
    valid_to,
    recorded_at,
    closed_at,
  } = fact;
  return {
    fact_id,
    name,
    value: value_json,
    confidence,
    source,
    source_id,
    evidence: evidence_json.length,
    valid_from,
    valid_to,
    recorded_at,
    closed_at,
  };
}

export function toEpisodeResponse(episode: EpisodicMemory & Partial<FoundEpisode>): EpisodeResponse {
  const {
    episode_id,
    scenario,
    action_sequence_json,
    outcome_score,
    notes,
    occurrences,
    score,
    similarity,
    text_rank,
  } = episode;
  return {
    episode_id,
    scenario,
    action_sequence_json,
    outcome_score,
    notes,
    occurrences,
    score,
    similarity,
    text_rank,
  };
}

export class LeadMemoryRequest {
  @Str({ min: 1, max: 64 }) lead_id!: string;
}

export class ForgottenResponse {
  @Str() lead_id!: string;
  @IntNum({ description: 'Conversations' }) short_term!: number;
  @IntNum({ description: 'The summary row and all facts, closed ones too' }) long_term!: number;
  @IntNum({ description: 'Episodes that named the lead' }) episodic!: number;
  @IntNum({ description: 'Triples from, to or learned of the lead alone' }) semantic!: number;
  @IntNum({ description: 'What its events added up to, and which were counted' }) learned!: number;
}

export class EpisodeOfLeadResponse extends EpisodeResponse {
  @Choice(['took_part', 'is_named']) relation!: string;
  @Instant({ nullable: true, description: 'When its part was told; null where it is only named' }) told_at!:
    string | null;
}

export class LeadMemoryExport {
  @Str() lead_id!: string;
  @Instant() exported_at!: string;
  @Nested(() => ShortTermResponse, { array: true, description: 'Expired entries too, as long as they are held' })
  short_term!: ShortTermResponse[];
  @Nested(() => LongTermResponse, { array: true }) long_term!: LongTermResponse[];
  @Nested(() => FactResponse, {
    array: true,
    description: 'Every belief that there was, in the order in which they came',
  })
  facts!: FactResponse[];
  @JsonObject({ nullable: true, description: 'What its events add up to' }) learned!: object | null;
  @Nested(() => EpisodeOfLeadResponse, { array: true, description: 'Episodes that it had a part in or that name it' })
  episodic!: EpisodeOfLeadResponse[];
  @Nested(() => GraphTripleResponse, {
    array: true,
    description: 'From, to or learned of the lead, with the statements that were learned of it',
  })
  semantic!: GraphTripleResponse[];
  @Nested(() => ConsolidatedItemResponse, { array: true, description: 'What reports of consolidation say of the lead' })
  consolidated!: ConsolidatedItemResponse[];
}

export class BeliefsAsOfRequest extends LeadMemoryRequest {
  @Instant({ description: 'The moment at which the facts hold' }) at!: string;
  @Instant({ optional: true, description: 'As believed at this moment; at `at` itself when left out' })
  known_at?: string;
}

export class BeliefsAsOfResponse {
  @Str() lead_id!: string;
  @Instant() at!: string;
  @Instant() known_at!: string;
  @Nested(() => FactResponse, { array: true }) facts!: FactResponse[];
}
