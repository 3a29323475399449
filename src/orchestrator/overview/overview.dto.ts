import { IntNum, JsonObject, Nested, Num, Str } from '../../operations/index.js';

export class OverviewRequest {}

const counts = 'Counts by name';

export class LeadCounts {
  @IntNum() total!: number;
  @JsonObject({ description: counts }) by_status!: Record<string, number>;
  @JsonObject({ description: counts }) by_category!: Record<string, number>;
  @JsonObject({ description: counts }) by_flow_state!: Record<string, number>;
}

export class MessageCounts {
  @IntNum() total!: number;
  @JsonObject({ description: counts }) by_status!: Record<string, number>;
  @JsonObject({ description: counts }) by_channel!: Record<string, number>;
}

export class HandoffCounts {
  @IntNum() total!: number;
  @JsonObject({ description: counts }) by_status!: Record<string, number>;
  @Num({
    nullable: true,
    description: 'From the request to the receiver’s acknowledgement, milliseconds, of the last 1,000',
  })
  mean_ms!: number | null;
}

export class EscalationCounts {
  @IntNum() open!: number;
  @JsonObject({ description: `${counts}; unresolved ones` }) by_reason!: Record<string, number>;
}

export class ApprovalCounts {
  @IntNum() pending!: number;
}

export class DecisionCounts {
  @IntNum() last_24h!: number;
  @JsonObject({ description: counts }) by_agent!: Record<string, number>;
}

export class CampaignCounts {
  @IntNum() total!: number;
  @IntNum({ description: 'Running now, or on the last day that the data reports' }) active!: number;
}

export class QueueCounts {
  @Str() store!: string;
  @IntNum() waiting!: number;
  @IntNum() dead!: number;
}

export class OverviewResponse {
  @Nested(() => LeadCounts) leads!: LeadCounts;
  @Nested(() => MessageCounts) messages!: MessageCounts;
  @Nested(() => HandoffCounts) handoffs!: HandoffCounts;
  @Nested(() => EscalationCounts) escalations!: EscalationCounts;
  @Nested(() => ApprovalCounts) approvals!: ApprovalCounts;
  @Nested(() => DecisionCounts) decisions!: DecisionCounts;
  @Nested(() => CampaignCounts) campaigns!: CampaignCounts;
  @Nested(() => QueueCounts) queue!: QueueCounts;
}
