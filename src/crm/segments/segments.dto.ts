import { JsonObject, ListRequest, Nested, Str } from '../../operations/index.js';

export class ListSegmentsRequest extends ListRequest {}

export class SegmentResponse {
  @Str() segment_id!: string;
  @Str() name!: string;
  @JsonObject() rules_json!: Record<string, unknown>;
  @Str() description!: string;
}

export class SegmentPage {
  @Nested(() => SegmentResponse, { array: true }) items!: SegmentResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}
