import { Choice, Flag, Instant, IntNum, ListOf, Nested, Num, Str } from '../../operations/index.js';
import {
  PROVENANCE_KINDS,
  type ProvenanceKind,
  type SemanticTriple,
  type TripleProvenance,
} from './semantic.entities.js';

const NAME = { min: 1, max: 200 };
const SHARE = { min: 0, max: 1 };
export const DEFAULT_TRIPLES = 50;
export const DEFAULT_PATHS = 3;
export const DEFAULT_MAX_HOPS = 4;
const DIRECTIONS = ['out', 'both'] as const;

export class SearchGraphRequest {
  @Str({ optional: true, ...NAME, description: 'Triples from or to this entity' }) entity?: string;
  @Str({ optional: true, ...NAME, description: 'Triples with this subject' }) subject?: string;
  @Str({
    optional: true,
    ...NAME,
    description: 'Triples with this predicate; with hops it holds for each of them',
    example: 'interested_in',
  })
  predicate?: string;
  @Str({ optional: true, ...NAME, description: 'Triples with this object' }) object?: string;
  @Str({
    optional: true,
    min: 2,
    max: 200,
    description: 'Triples of the first 20 entities whose name begins so; upper and lower case differ',
  })
  prefix?: string;
  @ListOf('string', {
    optional: true,
    minItems: 1,
    maxItems: 20,
    description:
      'Ranked spreading: the entities nearest to all of these together, and the triples between them. Goes with at, limit and with_provenance only',
  })
  entities?: string[];
  @IntNum({
    optional: true,
    min: 1,
    max: 3,
    default: 1,
    description:
      'How far to follow the triples on: from entity both ways, from subject to the objects, from object to the subjects',
  })
  hops?: number;
  @Instant({ optional: true, description: 'What held at this moment; now when left out' }) at?: string;
  @IntNum({
    optional: true,
    min: 1,
    max: 200,
    default: DEFAULT_TRIPLES,
    description: 'At most so many triples of each hop, and so many entities of a ranking',
  })
  limit?: number;
  @Flag({ optional: true, default: false, description: 'Show the newest 20 origins of each triple' })
  with_provenance?: boolean;
}

export class FindPathsRequest {
  @Str(NAME) from!: string;
  @Str(NAME) to!: string;
  @IntNum({ optional: true, min: 1, max: 10, default: DEFAULT_PATHS, description: 'How many paths' }) k?: number;
  @IntNum({ optional: true, min: 1, max: 6, default: DEFAULT_MAX_HOPS, description: 'The longest path, in triples' })
  max_hops?: number;
  @Choice(DIRECTIONS, {
    optional: true,
    default: 'both',
    description: 'out: from subject to object only; both: either way',
  })
  direction?: (typeof DIRECTIONS)[number];
  @Instant({ optional: true, description: 'Along what held at this moment; now when left out' }) at?: string;
  @Flag({ optional: true, default: false, description: 'Show the newest 20 origins of each triple' })
  with_provenance?: boolean;
}

export class ProvenanceResponse {
  @Choice(PROVENANCE_KINDS) kind!: ProvenanceKind;
  @Str({ description: 'The id of the episode, the conversation, the call, …' }) ref_id!: string;
  @Str({ nullable: true }) lead_id!: string | null;
  @Num({ ...SHARE, description: 'What this statement alone claimed' }) weight!: number;
  @Instant() recorded_at!: string;
}

export class GraphTripleResponse {
  @Str() triple_id!: string;
  @Str() subject!: string;
  @Str() predicate!: string;
  @Str() object!: string;
  @Num(SHARE) weight!: number;
  @Str() source!: string;
  @Str({ nullable: true, description: 'Where it is known' }) subject_type!: string | null;
  @Str({ nullable: true, description: 'Where it is known' }) object_type!: string | null;
  @Instant({ nullable: true, description: 'Null: since ever' }) valid_from!: string | null;
  @Instant({ nullable: true, description: 'The first moment at which it holds no more; null: it still does' })
  valid_to!: string | null;
  @Instant({ nullable: true, description: 'Null for what came with an import of the data set' }) recorded_at!:
    string | null;
  @IntNum({ description: 'How many statements it rests on' }) evidence_count!: number;
  @Nested(() => ProvenanceResponse, { array: true, optional: true, description: 'Where asked for, the newest first' })
  provenance?: ProvenanceResponse[];
}

export class FoundTripleResponse extends GraphTripleResponse {
  @IntNum({ nullable: true, description: 'How many triples from where the search began; null in a ranked spreading' })
  hop!: number | null;
  @Num({
    min: 0,
    description:
      'What triples of one hop are sorted by: the product of the weights on the way to it; in a ranked spreading the scores of both ends times the weight',
  })
  strength!: number;
}

export class RankedEntityResponse {
  @Str() entity!: string;
  @Num({ ...SHARE, description: 'Personalised PageRank' }) score!: number;
}

export class SearchGraphResponse {
  @Nested(() => FoundTripleResponse, { array: true, description: 'Nearer hops first, the strongest of each hop first' })
  triples!: FoundTripleResponse[];
  @Nested(() => RankedEntityResponse, { array: true, description: 'Of a ranked spreading, the highest first' })
  ranking!: RankedEntityResponse[];
  @Num({ nullable: true, ...SHARE, description: 'Of a ranked spreading: how much all scores together are too low' })
  residual!: number | null;
}

export class PathStepResponse extends GraphTripleResponse {
  @Flag({ description: 'Whether the path goes from the object to the subject' }) is_reversed!: boolean;
}

export class PathResponse {
  @Num({ ...SHARE, description: 'The product of the weights' }) strength!: number;
  @ListOf('string', { description: 'From the first to the last, each once' }) entities!: string[];
  @Nested(() => PathStepResponse, { array: true, description: 'The heaviest triple of each step' })
  steps!: PathStepResponse[];
}

export class FindPathsResponse {
  @Nested(() => PathResponse, { array: true, description: 'The strongest first' }) paths!: PathResponse[];
  @Flag({
    description:
      'False when only the strongest surroundings of both ends were looked at, and weaker paths may be missing',
  })
  is_complete!: boolean;
}

/** @param provenance the origins, where they are asked for */
export function toGraphTriple(row: SemanticTriple, provenance?: readonly TripleProvenance[]): GraphTripleResponse {
  const {
    triple_id,
    subject,
    predicate,
    object,
    weight,
    source,
    subject_type,
    object_type,
    valid_from,
    valid_to,
    recorded_at,
    evidence_count,
  } = row;
  return {
    triple_id,
    subject,
    predicate,
    object,
    weight,
    source,
    subject_type,
    object_type,
    valid_from,
    valid_to,
    recorded_at,
    evidence_count,
    ...(provenance && { provenance: provenance.map(toProvenanceResponse) }),
  };
}

function toProvenanceResponse({ kind, ref_id, lead_id, weight, recorded_at }: TripleProvenance): ProvenanceResponse {
  return { kind, ref_id, lead_id, weight, recorded_at };
}
