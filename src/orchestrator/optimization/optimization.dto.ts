import { RECOMMENDATION_TYPES, TRIGGERS } from '../../agents/campaign-optimization/index.js';
import { Choice, Flag, IntNum, JsonObject, ListOf, Nested, Num, Str } from '../../operations/index.js';

export class CurrentMetrics {
  @Num({ optional: true, min: 0, max: 1 }) ctr?: number;
  @Num({ optional: true, min: 0 }) cpl_usd?: number;
  @Num({ optional: true, min: 0, max: 1 }) conversion_rate?: number;
  @Num({ optional: true, min: 0 }) roas?: number;
}

export class Constraints {
  @Num({
    optional: true,
    min: 0,
    max: 1,
    default: 0.1,
    description: 'Largest raise of the daily budget in one step, as a share',
  })
  max_budget_increase?: number;
  @Flag({ optional: true, default: false }) preserve_audience?: boolean;
  @Num({ optional: true, min: 0, max: 10, default: 0.1, description: 'Smaller improvements are not proposed' })
  min_improvement?: number;
}

export class OptimizeRequest {
  @Str({ min: 1, max: 64 }) campaign_id!: string;
  @ListOf('string', {
    optional: true,
    maxItems: 10,
    values: TRIGGERS,
    description: 'Only these are looked at; all when left out',
  })
  optimization_triggers?: (typeof TRIGGERS)[number][];
  @Nested(() => CurrentMetrics, {
    optional: true,
    description: 'Figures that the caller knows better than the daily series',
  })
  current_metrics?: CurrentMetrics;
  @Nested(() => Constraints, { optional: true }) constraints?: Constraints;
}

export class RecommendationResponse {
  @Choice(RECOMMENDATION_TYPES) type!: string;
  @Str() description!: string;
  @Num({ description: 'Relative improvement of impact_metric' }) impact_estimate!: number;
  @ListOf('number', { minItems: 2, maxItems: 2, description: '95 % interval of the improvement' })
  impact_interval!: number[];
  @Str() impact_metric!: string;
  @JsonObject() evidence!: Record<string, unknown>;
  @JsonObject({ nullable: true }) change!: object | null;
  @JsonObject({ nullable: true }) inverse!: object | null;
  @Flag({ description: 'Whether it was carried out at once' }) auto_apply!: boolean;
  @Str() auto_apply_reason!: string;
  @Str({ nullable: true, description: 'Where it waits for a person' }) approval_id!: string | null;
}

export class TriggerResponse {
  @Str() trigger!: string;
  @Flag() fired!: boolean;
  @Str() reason!: string;
}

export class PerformanceMetricsResponse {
  @Num() impressions!: number;
  @Num() clicks!: number;
  @Num() leads!: number;
  @Num() conversions!: number;
  @Num() cost_usd!: number;
  @Num() revenue_usd!: number;
  @Num({ nullable: true }) ctr!: number | null;
  @Num({ nullable: true }) cpl_usd!: number | null;
  @Num({ nullable: true }) conversion_rate!: number | null;
  @Num({ nullable: true }) roas!: number | null;
}

export class OptimizeResponse {
  @Str() campaign_id!: string;
  @Nested(() => RecommendationResponse, { array: true }) optimizations!: RecommendationResponse[];
  @Nested(() => PerformanceMetricsResponse) performance_metrics!: PerformanceMetricsResponse;
  @Nested(() => TriggerResponse, { array: true }) triggers!: TriggerResponse[];
  @IntNum({ description: 'Clicks observed' }) data_points!: number;
  @ListOf('string', { description: 'Cases raised to people' }) escalation_ids!: string[];
  @ListOf('string', { max: 1000 }) notes!: string[];
  @Str() decision_id!: string;
  @Str() agent_id!: string;
}
