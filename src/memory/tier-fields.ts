import { invalidFields } from '../operations/index.js';
import { type RetrieveMemoryRequest, type StoreMemoryRequest, TIERS, type Tier } from './memory.dto.js';

type StoreField = Exclude<keyof StoreMemoryRequest, 'tier'>;
type RetrieveField = Exclude<keyof RetrieveMemoryRequest, 'tier' | 'limit'>;

/** Per tier: the fields that storing needs, and those that it takes besides. */
const STORE_FIELDS = {
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
  },
  episodic: {
    needs: ['scenario', 'action_sequence_json', 'outcome_score'],
    takes: ['episode_id', 'notes', 'lead_id', 'source', 'source_id'],
  },
  semantic: {
    needs: ['subject', 'predicate', 'object', 'weight'],
    takes: ['source', 'source_id', 'lead_id', 'subject_type', 'object_type', 'valid_from', 'valid_to'],
  },
} as const satisfies Record<Tier, { needs: readonly StoreField[]; takes: readonly StoreField[] }>;

/** Per tier: the fields that it can be read by. */
const READ_BY: Record<Tier, readonly RetrieveField[]> = {
  short_term: ['lead_id', 'conversation_id'],
  long_term: ['lead_id'],
  episodic: ['episode_id', 'scenario'],
  semantic: ['entity', 'lead_id'],
};

export type StoreRequestOf<T extends Tier> = StoreMemoryRequest &
  Required<{ [K in (typeof STORE_FIELDS)[T]['needs'][number]]: NonNullable<StoreMemoryRequest[K]> }>;

/**
 * Whether the request stores into this tier; it then has what the tier needs.
 * @throws AppError invalid when a needed field is missing, or one of another tier is there
 */
export function storesInto<T extends Tier>(tier: T, request: StoreMemoryRequest): request is StoreRequestOf<T> {
  if (request.tier !== tier) return false;
  const { needs, takes } = STORE_FIELDS[tier];
  const known: readonly string[] = ['tier', ...needs, ...takes];
  const missing = needs.filter((name) => request[name as StoreField] === undefined);
  const foreign = Object.keys(request).filter((name) => !known.includes(name));
  if (missing.length + foreign.length > 0) {
    throw invalidFields([
      ...missing.map((path) => ({ path, reason: `is needed to store ${tier} memory` })),
      ...foreign.map((path) => ({ path, reason: `is not a field of ${tier} memory` })),
    ]);
  }
  return true;
}

/**
 * The tiers that a request reads: the one it names, or all that its fields reach.
 * @throws AppError invalid when it gives nothing to read by, or the named tier is not read by what it gives
 */
export function tiersToRead(request: RetrieveMemoryRequest): ReadonlySet<Tier> {
  const { tier, limit: _, ...fields } = request;
  const given = Object.keys(fields) as RetrieveField[];
  if (given.length === 0) {
    const path = tier ? READ_BY[tier][0]! : 'lead_id';
    const names = tier ? READ_BY[tier] : [...new Set(Object.values(READ_BY).flat())];
    throw invalidFields([{ path, reason: `give at least one of ${names.join(', ')}` }]);
  }
  if (tier === undefined) return new Set(TIERS.filter((each) => READ_BY[each].some((name) => given.includes(name))));
  const foreign = given.filter((name) => !READ_BY[tier].includes(name));
  if (foreign.length > 0) {
    throw invalidFields(
      foreign.map((path) => ({ path, reason: `${tier} memory is read by ${READ_BY[tier].join(' or ')}` })),
    );
  }
  return new Set([tier]);
}
