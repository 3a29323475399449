import type { EngagementFacts, EscalationWish, HotAsk } from '../core/index.js';
import type { OutreachChannel } from '../../vocabulary/index.js';
import type { EngagementMode, StrategyName } from './choose-strategy.js';
import type { FollowUp } from './plan-follow-ups.js';
import type { Scenario } from './similar-episodes.js';
import type { DraftedWords } from './write-words.js';

export interface EngagementInputs {
  readonly facts: EngagementFacts;
  readonly mode: EngagementMode;
  /** Base of the links in messages, without a trailing slash; null for messages without links. */
  readonly landing_base_url: string | null;
  readonly allowed_link_hosts: readonly string[];
  /** A language model's draft for the chosen option. It is used only if it fits the choice and passes the check. */
  readonly drafted_words: DraftedWords | null;
}

export interface PlannedMessage {
  readonly lead_id: string;
  readonly campaign_id: string | null;
  readonly variant_id: string | null;
  readonly channel: OutreachChannel;
  readonly creative_type: string;
  readonly subject: string | null;
  readonly body: string;
  readonly call_to_action: string;
  readonly link: string | null;
  readonly words_source: 'template' | 'model';
  /** The interest that it is written for; absent from decisions made before version 1.1.0. */
  readonly topic?: string | null;
  readonly tone?: string | null;
  /** What a buyer asked for, which it answers; absent where it answers nothing. */
  readonly answers?: readonly HotAsk[];
  /** The fields that it asks the lead for; absent where it asks for none. */
  readonly asks_for?: readonly string[];
  readonly planned_for: string;
  readonly time_zone: string;
  readonly window: string;
  /** Probability that the lead answers well, and its 95 % interval. */
  readonly expected_success: number;
  readonly expected_success_interval: readonly [number, number];
}

export type EngagementOutcome =
  | {
      readonly kind: 'message';
      readonly mode: EngagementMode;
      readonly strategy: StrategyName;
      readonly scenario: Scenario;
      readonly message: PlannedMessage;
      readonly follow_ups: readonly FollowUp[];
      readonly max_attempts: number;
      readonly response_timeout_seconds: number;
    }
  | {
      readonly kind: 'no_outreach';
      readonly rule: NoOutreachRule;
      readonly detail: string;
      readonly escalation: EscalationWish | null;
    };

export type NoOutreachRule =
  'no_consent' | 'unsubscribed' | 'no_channel' | 'exhausted' | 'words_unfit' | 'with_a_person';

/** Delivery tries after the first, and how long one may take to be answered. */
export const MAX_RETRIES = 3;
export const RESPONSE_TIMEOUT_SECONDS = 60;
