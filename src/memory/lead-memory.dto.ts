import { Instant, IntNum, JsonObject, Nested, Str } from '../operations/index.js';
import { EpisodeResponse, FactResponse, LongTermResponse, ShortTermResponse, TripleResponse } from './memory.dto.js';

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

export class LeadMemoryExport {
  @Str() lead_id!: string;
  @Instant() exported_at!: string;
  @Nested(() => ShortTermResponse, { array: true, description: 'Expired entries too, as long as they are held' }) short_term!: ShortTermResponse[];
  @Nested(() => LongTermResponse, { array: true }) long_term!: LongTermResponse[];
  @Nested(() => FactResponse, { array: true, description: 'Every belief that there was, in the order in which they came' }) facts!: FactResponse[];
  @JsonObject({ nullable: true, description: 'What its events add up to' }) learned!: object | null;
  @Nested(() => EpisodeResponse, { array: true, description: 'Episodes that name the lead' }) episodic!: EpisodeResponse[];
  @Nested(() => TripleResponse, { array: true }) semantic!: TripleResponse[];
}

export class BeliefsAsOfRequest extends LeadMemoryRequest {
  @Instant({ description: 'The moment at which the facts hold' }) at!: string;
  @Instant({ optional: true, description: 'As believed at this moment; at `at` itself when left out' }) known_at?: string;
}

export class BeliefsAsOfResponse {
  @Str() lead_id!: string;
  @Instant() at!: string;
  @Instant() known_at!: string;
  @Nested(() => FactResponse, { array: true }) facts!: FactResponse[];
}
