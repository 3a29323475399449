import { Choice, Instant, IntNum, JsonObject, Nested, Str } from '../operations/index.js';
import { ConsolidatedItemResponse } from './consolidation/consolidation.dto.js';
import { EpisodeResponse, FactResponse, LongTermResponse, ShortTermResponse } from './memory.dto.js';
import { GraphTripleResponse } from './semantic/graph.dto.js';

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
