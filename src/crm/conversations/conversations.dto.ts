import { Choice, Flag, Instant, JsonObject, ListRequest, Nested, Str } from '../../operations/index.js';
import { isMachineMade } from './machine-made.js';
import type { Interaction } from './interaction.entity.js';
import { CHANNELS, ID_PATTERN, OUTCOMES, TRACKED_EVENTS } from '../../vocabulary/index.js';

export class TrackInteractionRequest {
  @Str({ min: 1, max: 64 }) lead_id!: string;
  @Str({
    optional: true,
    max: 64,
    pattern: ID_PATTERN,
    description: 'Chosen by the caller, so that telling it twice counts once',
  })
  interaction_id?: string;
  @Choice(CHANNELS) channel!: string;
  @Choice(TRACKED_EVENTS) event_type!: string;
  @Choice(OUTCOMES, { optional: true, default: 'none' }) outcome?: string;
  @Instant({ optional: true, description: 'When it happened; now when left out' }) timestamp?: string;
  @Str({ optional: true, nullable: true, max: 64 }) campaign_id?: string | null;
  @Str({ optional: true, nullable: true, max: 64 }) variant_id?: string | null;
  @JsonObject({ optional: true }) metadata_json?: Record<string, unknown>;
}

export class InteractionResponse {
  @Str() interaction_id!: string;
  @Str({ nullable: true }) conversation_id!: string | null;
  @Str() lead_id!: string;
  @Str({ nullable: true }) campaign_id!: string | null;
  @Instant() timestamp!: string;
  @Str() channel!: string;
  @Str() event_type!: string;
  @Str({ nullable: true }) agent_id!: string | null;
  @Str({ nullable: true }) variant_id!: string | null;
  @Str() outcome!: string;
  @JsonObject() metadata_json!: Record<string, unknown>;
  @Flag({ description: 'A mail scanner or a proxy did it: kept, and counted nowhere' }) is_machine!: boolean;
}

export class ListByLeadRequest extends ListRequest {
  @Str({ optional: true, max: 64 }) lead_id?: string;
}

export class InteractionIdRequest {
  @Str({ min: 1, max: 100 }) interaction_id!: string;
}

export class ListInteractionsRequest extends ListByLeadRequest {
  @Str({ optional: true, max: 64 }) campaign_id?: string;
  @Choice(CHANNELS, { optional: true }) channel?: string;
  @Str({ optional: true, max: 40 }) event_type?: string;
}

export class InteractionPage {
  @Nested(() => InteractionResponse, { array: true }) items!: InteractionResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

export class ConversationResponse {
  @Str() conversation_id!: string;
  @Str() lead_id!: string;
  @Instant() opened_at!: string;
  @Instant() last_event_at!: string;
  @Str() status!: string;
}

export class ConversationPage {
  @Nested(() => ConversationResponse, { array: true }) items!: ConversationResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

export class AgentActionResponse {
  @Str() action_id!: string;
  @Instant() timestamp!: string;
  @Str({ nullable: true }) conversation_id!: string | null;
  @Str({ nullable: true }) lead_id!: string | null;
  @Str() action_type!: string;
  @Str() source_agent!: string;
  @Str() source_agent_type!: string;
  @Str() dest_agent_type!: string;
  @JsonObject() handoff_context_json!: Record<string, unknown>;
  @Str() escalation_reason!: string;
}

export class AgentActionPage {
  @Nested(() => AgentActionResponse, { array: true }) items!: AgentActionResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

/** A row that has just been made says of itself only in its metadata whether a machine did it. */
export function toInteractionResponse(interaction: Interaction): InteractionResponse {
  return { ...interaction, is_machine: interaction.is_machine ?? isMachineMade(interaction.metadata_json) };
}
