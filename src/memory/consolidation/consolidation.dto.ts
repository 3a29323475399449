import { Choice, Instant, IntNum, ListOf, ListRequest, Nested, Str } from '../../operations/index.js';
import { CONSOLIDATION_STATUSES, type Consolidation, type ConsolidationItem } from './consolidation.entities.js';

export class ConsolidateRequest {
  @IntNum({
    optional: true,
    min: 1,
    max: 1_000,
    default: 50,
    description: 'Batches of conversations taken in before it answers; the rest goes to the queue',
  })
  max_batches?: number;
}

export class ConsolidationCountsResponse {
  @IntNum({ description: 'Short-term entries taken in and removed' }) entries!: number;
  @IntNum({ description: 'Facts stated of them' }) facts!: number;
  @IntNum({ description: 'Slots of which nothing was kept' }) slots_left_out!: number;
  @IntNum() triples_stated!: number;
  @IntNum() triples_ended!: number;
  @IntNum({ description: 'Weights that faded' }) triples_decayed!: number;
}

export class ConsolidationResponse {
  @Str() run_id!: string;
  @Str({ description: 'schedule, or who asked for it' }) requested_by!: string;
  @Choice(CONSOLIDATION_STATUSES) status!: string;
  @Instant({ description: 'The moment that times to live were held against; the end of an imported history' })
  as_of!: string;
  @Instant() started_at!: string;
  @Instant({ nullable: true }) finished_at!: string | null;
  @IntNum({ description: 'Work of all tries together' }) duration_ms!: number;
  @IntNum() batches!: number;
  @Nested(() => ConsolidationCountsResponse) counts!: ConsolidationCountsResponse;
  @Str({ nullable: true }) failure!: string | null;
}

export class ConsolidatedItemResponse {
  @Choice(['fact', 'triple', 'triple_ended', 'entry_removed']) kind!: string;
  @Str({ nullable: true }) lead_id!: string | null;
  @Str({ max: 2_000 }) what!: string;
  @Str({ max: 2_000 }) reason!: string;
  @ListOf('string', { description: 'Ids of conversations, episodes and triples' }) provenance!: string[];
}

export class ConsolidationReportResponse extends ConsolidationResponse {
  @Nested(() => ConsolidatedItemResponse, { array: true, description: 'The first 500; the counts hold all' })
  items!: ConsolidatedItemResponse[];
}

export class GetConsolidationRequest {
  @Str({ min: 1, max: 64 }) run_id!: string;
}

export class ListConsolidationsRequest extends ListRequest {
  @Choice(CONSOLIDATION_STATUSES, { optional: true }) status?: Consolidation['status'];
}

export class ConsolidationPage {
  @Nested(() => ConsolidationResponse, { array: true }) items!: ConsolidationResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

export function toConsolidationResponse(run: Consolidation): ConsolidationResponse {
  const { run_id, requested_by, status, as_of, started_at, finished_at, duration_ms, batches, counts_json, failure } =
    run;
  return {
    run_id,
    requested_by,
    status,
    as_of,
    started_at,
    finished_at,
    duration_ms,
    batches,
    counts: { ...counts_json },
    failure,
  };
}

export function toItemResponse({
  kind,
  lead_id,
  what,
  reason,
  provenance_json,
}: ConsolidationItem): ConsolidatedItemResponse {
  return { kind, lead_id, what, reason, provenance: [...provenance_json] };
}

export function toReport(run: Consolidation, items: readonly ConsolidationItem[]): ConsolidationReportResponse {
  return { ...toConsolidationResponse(run), items: items.map(toItemResponse) };
}
