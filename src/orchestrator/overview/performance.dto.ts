import { Instant, IntNum, Nested, Num, Str } from '../../operations/index.js';

export class PerformanceRequest {
  @Instant({ optional: true, description: 'From when on; the last 30 days when left out' }) since?: string;
}

export class AgentPerformance {
  @Str() agent_type!: string;
  @IntNum() decisions!: number;
  @Num({ nullable: true, min: 0, max: 1 }) mean_confidence!: number | null;
  @IntNum() undone!: number;
  @IntNum() handoffs_sent!: number;
  @IntNum() handoffs_received!: number;
  @IntNum() escalations_raised!: number;
}

export class PerformanceResponse {
  @Instant() since!: string;
  @Nested(() => AgentPerformance, { array: true }) agents!: AgentPerformance[];
  @IntNum() messages_planned!: number;
  @IntNum() messages_sent!: number;
  @IntNum() conversions!: number;
  @Num() conversion_value_usd!: number;
}
