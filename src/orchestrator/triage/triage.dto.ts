import { Choice, Flag, Instant, IntNum, ListOf, Nested, Num, Str } from '../../operations/index.js';
import { DEFAULT_PRIORITY, PRIORITIES, type Priority, TRIAGE_CATEGORIES } from '../../vocabulary/index.js';

export class TriageRequest {
  @Str({ min: 1, max: 64 }) lead_id!: string;
  @Choice(PRIORITIES, {
    optional: true,
    default: DEFAULT_PRIORITY,
    description: 'How soon the lead should be answered; never changes the score',
  })
  priority?: Priority;
  @Num({ optional: true, min: 0, max: 1, default: 0.8, description: 'Below this confidence a person is asked' })
  confidence_threshold?: number;
}

export class FactorResponse {
  @Str() name!: string;
  @Num({ nullable: true, description: '0 speaks against, 1 for; null is not known' }) value!: number | null;
  @Num() weight!: number;
  @Num({ description: 'Points of the score' }) contribution!: number;
}

export class RecommendedActionResponse {
  @Str() action!: string;
  @Str() description!: string;
}

export class RaisedEscalationResponse {
  @Str() escalation_id!: string;
  @Str() reason!: string;
  @Str() summary!: string;
}

export class TriageResponse {
  @Str() lead_id!: string;
  @Choice(TRIAGE_CATEGORIES) category!: string;
  @Num({ min: 0, max: 1 }) confidence!: number;
  @Num({ min: 0, max: 100 }) score!: number;
  @Str() priority!: string;
  @Choice(['engagement', 'nurture', 'support', 'person']) route!: string;
  @Flag() is_low_confidence!: boolean;
  @Nested(() => FactorResponse, { array: true }) factors!: FactorResponse[];
  @ListOf('string') reasons!: string[];
  @ListOf('string') missing_fields!: string[];
  @Nested(() => RecommendedActionResponse, { array: true }) recommended_actions!: RecommendedActionResponse[];
  @Nested(() => RaisedEscalationResponse, { array: true }) escalations!: RaisedEscalationResponse[];
  @Str() decision_id!: string;
  @Str({ nullable: true }) handoff_id!: string | null;
  @Str() conversation_id!: string;
  @IntNum() respond_within_minutes!: number;
  @Str() agent_id!: string;
  @Instant() decided_at!: string;
}
