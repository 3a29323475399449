import { Choice, Instant, JsonList, JsonObject, JsonValue, ListRequest, Nested, Str } from '../../operations/index.js';
import { HANDOFF_STATUSES, type Handoff } from './handoff.entity.js';
import { AGENT_TYPES, HANDOFF_PURPOSES, HANDOFF_RECEIVERS } from '../../vocabulary/index.js';

export class PreservationData {
  @JsonObject({ optional: true }) short_term_memory?: Record<string, unknown>;
  @JsonList({ optional: true, description: 'Events' }) conversation_history?: unknown;
  @JsonList({ optional: true, description: 'Steps' }) next_actions?: unknown;
}

export class HandoffRequestBody {
  @Str({ min: 1, max: 64, description: 'Any spelling of an agent’s name', example: 'lead_triage_001' })
  from_agent!: string;
  @Str({ min: 1, max: 64, example: 'engagement_002' }) to_agent!: string;
  @Str({ min: 1, max: 64 }) lead_id!: string;
  @Str({ optional: true, max: 64 }) conversation_id?: string;
  @JsonObject({ optional: true, description: 'What the receiver should know: category, score, priority, notes' })
  context?: Record<string, unknown>;
  @Nested(() => PreservationData, { optional: true, description: 'Goes along whole and is checked on arrival' })
  preservation_data?: PreservationData;
}

export class HandoffIdRequest {
  @Str({ min: 1, max: 64 }) handoff_id!: string;
}

export class CompleteHandoffRequest extends HandoffIdRequest {
  @Str({ optional: true, max: 2000, description: 'What was done' }) note?: string;
}

export class ListHandoffsRequest extends ListRequest {
  @Choice(HANDOFF_STATUSES, { optional: true }) status?: string;
  @Str({ optional: true, max: 64 }) lead_id?: string;
  @Choice(HANDOFF_RECEIVERS, { optional: true }) to_agent_type?: string;
  @Choice(AGENT_TYPES, { optional: true }) from_agent_type?: string;
  @Choice(HANDOFF_PURPOSES, { optional: true }) purpose?: string;
}

export class PreservedContextResponse {
  @JsonObject() short_term_memory!: Record<string, unknown>;
  @JsonValue() conversation_history!: unknown;
  @JsonValue() next_actions!: unknown;
}

export class HandoffResponse {
  @Str() handoff_id!: string;
  @Str() from_agent!: string;
  @Str() from_agent_type!: string;
  @Str() to_agent!: string;
  @Str() to_agent_type!: string;
  @Str() purpose!: string;
  @Str({ nullable: true }) lead_id!: string | null;
  @Str({ nullable: true }) campaign_id!: string | null;
  @Str({ nullable: true }) conversation_id!: string | null;
  @JsonObject() context!: Record<string, unknown>;
  @Nested(() => PreservedContextResponse) preservation_data!: PreservedContextResponse;
  @Str() context_hash!: string;
  @Choice(HANDOFF_STATUSES) status!: string;
  @Instant() created_at!: string;
  @Instant({ nullable: true }) acknowledged_at!: string | null;
  @Instant({ nullable: true }) completed_at!: string | null;
  @Str({ nullable: true }) decision_id!: string | null;
  @JsonObject({ nullable: true }) result!: Record<string, unknown> | null;
  @Str({ nullable: true }) failure!: string | null;
}

export class HandoffPage {
  @Nested(() => HandoffResponse, { array: true }) items!: HandoffResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

export function toHandoffResponse({ priority: _, ...handoff }: Handoff): HandoffResponse {
  return handoff;
}
