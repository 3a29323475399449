import { Choice, Instant, ListOf, Nested, Num, Str } from '../../operations/index.js';

export class EngageRequest {
  @Str({ min: 1, max: 64 }) lead_id!: string;
  @Choice(['engage', 'nurture'], { optional: true, default: 'engage' }) mode?: 'engage' | 'nurture';
}

export class PlannedMessageResponse {
  @Str() message_id!: string;
  @Str() channel!: string;
  @Str({ nullable: true }) variant_id!: string | null;
  @Str({ nullable: true }) subject!: string | null;
  @Str({ max: 20_000 }) body!: string;
  @Instant() planned_for!: string;
  @Str() time_zone!: string;
  @Num({ description: 'Probability that the lead answers well' }) expected_success!: number;
}

export class EngageResponse {
  @Str() lead_id!: string;
  @Choice(['message', 'no_outreach']) outcome!: string;
  @Str({
    nullable: true,
    description: 'Why nothing is sent: no_consent, unsubscribed, no_channel, exhausted, words_unfit',
  })
  rule!: string | null;
  @Nested(() => PlannedMessageResponse, { nullable: true }) message!: PlannedMessageResponse | null;
  @Num({ min: 0, max: 1 }) confidence!: number;
  @ListOf('string') reasons!: string[];
  @Str() decision_id!: string;
  @Str() agent_id!: string;
}
