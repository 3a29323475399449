import { Choice, Instant, ListRequest, Nested, Num, Str } from '../../operations/index.js';
import { CONVERSION_TYPES, ID_PATTERN } from '../../vocabulary/index.js';

export class RecordConversionRequest {
  @Str({ min: 1, max: 64 }) lead_id!: string;
  @Str({ optional: true, max: 64, pattern: ID_PATTERN }) conversion_id?: string;
  @Num({ min: 0, max: 1_000_000_000 }) conversion_value_usd!: number;
  @Choice(CONVERSION_TYPES) conversion_type!: string;
  @Instant({ optional: true, description: 'Now when left out' }) converted_at?: string;
}

export class ConversionResponse {
  @Str() conversion_id!: string;
  @Str() lead_id!: string;
  @Str({ nullable: true }) campaign_id!: string | null;
  @Instant() converted_at!: string;
  @Num() conversion_value_usd!: number;
  @Str() conversion_type!: string;
}

export class ListConversionsRequest extends ListRequest {
  @Str({ optional: true, max: 64 }) lead_id?: string;
  @Str({ optional: true, max: 64 }) campaign_id?: string;
}

export class ConversionPage {
  @Nested(() => ConversionResponse, { array: true }) items!: ConversionResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}
