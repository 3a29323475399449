import { Choice, Instant, ListOf, Nested, Num, Str } from '../../operations/index.js';
import { TRIAGE_CATEGORIES } from '../../vocabulary/index.js';

export const NEXT_ACTIONS = [
  'send_message',
  'hand_to_support',
  'ask_a_person',
  'wait_for_consent',
  'wait',
  'none',
] as const;

export class RecommendRequest {
  @Str({ min: 1, max: 64 }) lead_id!: string;
}

export class FactUsedResponse {
  @Str() id!: string;
  @Instant() valid_at!: string;
  @Str() source!: string;
}

export class RecommendationResponse {
  @Str() lead_id!: string;
  @Choice(NEXT_ACTIONS) action!: (typeof NEXT_ACTIONS)[number];
  @Str({ nullable: true }) channel!: string | null;
  @Str({ nullable: true }) variant_id!: string | null;
  @Instant({ nullable: true }) planned_for!: string | null;
  @Str({ nullable: true, description: 'Zone of the lead’s clock' }) time_zone!: string | null;
  @Str({ nullable: true, description: 'What the message is to speak of' }) topic!: string | null;
  @Num({ nullable: true, min: 0, max: 1, description: 'Probability that the lead answers well' }) expected_success!:
    number | null;
  @Choice(TRIAGE_CATEGORIES) category!: string;
  @Num({ min: 0, max: 100 }) score!: number;
  @Num({ min: 0, max: 1, description: 'Of the part that is less sure: the category or the choice of the message' })
  confidence!: number;
  @ListOf('string', { max: 1000 }) reasons!: string[];
  @ListOf('string', { description: 'Playbook steps and routes, most urgent first' }) next_steps!: string[];
  @Nested(() => FactUsedResponse, { array: true, description: 'What was read of memory and the CRM' })
  facts!: FactUsedResponse[];
}
