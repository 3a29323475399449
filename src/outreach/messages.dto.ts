import { Choice, Flag, Instant, IntNum, JsonObject, ListRequest, Nested, Num, Str } from '../operations/index.js';
import type { Verdict } from './gate.js';
import { HOLD_RULES, type HoldRule } from './hold-rules.js';
import {
  FAILURES,
  MESSAGE_STATUSES,
  type Failure,
  type Message,
  type MessageStatus,
  type SequenceStep,
} from './message.entity.js';
import { type Channel, CHANNELS, MESSAGE_EVENTS, type MessageEventType, OUTCOMES } from '../vocabulary/index.js';

export const MAX_SUBJECT = 200;
export const MAX_BODY = 20_000;

export class MessageIdRequest {
  @Str({ min: 1, max: 64 }) message_id!: string;
}

export class ListMessagesRequest extends ListRequest {
  @Str({ optional: true, max: 64 }) lead_id?: string;
  @Str({ optional: true, max: 64 }) campaign_id?: string;
  @Choice(MESSAGE_STATUSES, { optional: true }) status?: MessageStatus;
  @Choice(CHANNELS, { optional: true }) channel?: Channel;
}

export class PlanMessageRequest {
  @Str({ min: 1, max: 64 }) lead_id!: string;
  @Choice(CHANNELS) channel!: Channel;
  @Str({ optional: true, nullable: true, max: MAX_SUBJECT, pattern: /^[^\r\n]*$/, example: 'Your free audit is ready' })
  subject?: string | null;
  @Str({ min: 1, max: MAX_BODY }) body!: string;
  @Instant({ optional: true, description: 'Not before this time; at once when left out' }) planned_for?: string;
  @Instant({ optional: true, description: 'Never at or after this time; two weeks after planned_for when left out' })
  expires_at?: string;
  @Str({ optional: true, max: 64, description: "The lead's own campaign when left out" }) campaign_id?: string;
  @Str({ optional: true, max: 64 }) conversation_id?: string;
  @Str({ optional: true, max: 64 }) variant_id?: string;
  @Num({
    optional: true,
    min: 0,
    max: 1_000_000_000,
    default: 0,
    description: 'USD; decides who goes first when slots are scarce',
  })
  expected_value?: number;
}

export class CheckMessageRequest {
  @Str({ min: 1, max: 64 }) lead_id!: string;
  @Choice(CHANNELS) channel!: Channel;
  @Num({ optional: true, min: 0, max: 1_000_000_000, default: 0 }) expected_value?: number;
}

/** What the gate says. */
export class VerdictResponse {
  @Flag() allowed!: boolean;
  @Choice(HOLD_RULES, { nullable: true, description: 'The rule that holds the message' }) rule!: HoldRule | null;
  @Str({ nullable: true }) reason!: string | null;
  @Instant({
    nullable: true,
    description: 'The first instant at which no rule holds it; null when time alone never changes that',
  })
  earliest!: string | null;
}

export const RESOLUTIONS = ['sent', 'not_sent', 'cancelled'] as const;

export class ResolveMessageRequest extends MessageIdRequest {
  @Choice(RESOLUTIONS, {
    description: 'sent: it did arrive; not_sent: it did not, judge and send it again; cancelled: let it be',
  })
  resolution!: (typeof RESOLUTIONS)[number];
}

export class SequenceResponse {
  @Str() name!: string;
  @IntNum({ min: 0 }) step!: number;
  @IntNum({ min: 0, optional: true }) of?: number;
}

export class MessageResponse {
  @Str() message_id!: string;
  @Str() lead_id!: string;
  @Str({ nullable: true }) campaign_id!: string | null;
  @Str({ nullable: true }) conversation_id!: string | null;
  @Str({ nullable: true }) variant_id!: string | null;
  @Choice(CHANNELS) channel!: Channel;
  @Str({ nullable: true }) subject!: string | null;
  @Str({ max: MAX_BODY }) body!: string;
  @Instant() planned_for!: string;
  @Instant() expires_at!: string;
  @Choice(MESSAGE_STATUSES) status!: MessageStatus;
  @Nested(() => VerdictResponse, { nullable: true, description: 'What the gate said last; null before the first time' })
  verdict!: VerdictResponse | null;
  @Instant({ nullable: true, description: 'When a held message, or one that failed for now, is tried again' })
  earliest!: string | null;
  @IntNum({ min: 0 }) attempts!: number;
  @Instant({ nullable: true }) sent_at!: string | null;
  @Choice(FAILURES, { nullable: true }) failure!: Failure | null;
  @Str({ nullable: true }) failure_reason!: string | null;
  @Str({ nullable: true, description: 'local, smtp or webhook' }) transport!: string | null;
  @Str({ nullable: true }) provider_id!: string | null;
  @Str({ nullable: true }) decision_id!: string | null;
  @Num() expected_value!: number;
  @Nested(() => SequenceResponse, { nullable: true }) sequence!: SequenceStep | null;
  @Str() origin!: string;
  @Instant() created_at!: string;
  @Instant() updated_at!: string;
}

export class MessagePage {
  @Nested(() => MessageResponse, { array: true }) items!: MessageResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

export function toVerdictResponse(verdict: Verdict): VerdictResponse {
  if ('allowed' in verdict) return { allowed: true, rule: null, reason: null, earliest: null };
  return { allowed: false, rule: verdict.rule, reason: verdict.reason, earliest: verdict.earliest };
}

export function toMessageResponse(message: Message): MessageResponse {
  return {
    message_id: message.message_id,
    lead_id: message.lead_id,
    campaign_id: message.campaign_id,
    conversation_id: message.conversation_id,
    variant_id: message.variant_id,
    channel: message.channel,
    subject: message.subject,
    body: message.body,
    planned_for: message.planned_for,
    expires_at: message.expires_at,
    status: message.status,
    verdict: message.verdict && toVerdictResponse(message.verdict),
    earliest: message.earliest,
    attempts: message.attempts,
    sent_at: message.sent_at,
    failure: message.failure,
    failure_reason: message.failure_reason,
    transport: message.transport,
    provider_id: message.provider_id,
    decision_id: message.decision_id,
    expected_value: message.expected_value,
    sequence: message.sequence,
    origin: message.origin,
    created_at: message.created_at,
    updated_at: message.updated_at,
  };
}

/** What a reply can come to; an opt-out has an event of its own. */
const REPLY_OUTCOMES = OUTCOMES.filter((outcome) => outcome !== 'unsubscribe');

export class MessageEventRequest extends MessageIdRequest {
  @Choice(MESSAGE_EVENTS) type!: MessageEventType;
  @Instant({ optional: true, description: 'Now when left out' }) at?: string;
  @Str({ optional: true, min: 1, max: 200, description: "The sender's id of the event: the same one counts once" })
  event_id?: string;
  @Choice(REPLY_OUTCOMES, { optional: true, description: 'What a reply came to' })
  outcome?: string;
  @Choice(['hard', 'soft'], {
    optional: true,
    default: 'hard',
    description: 'Soft bounces do not suppress the address',
  })
  bounce_type?: string;
  @Str({
    optional: true,
    max: 1000,
    example: '550 5.1.1 user unknown',
    description: 'Of a bounce: what the mail server said, code first. It outranks bounce_type',
  })
  diagnostic?: string;
  @Str({
    optional: true,
    max: MAX_BODY,
    description:
      'Of a reply: what it says. A text that asks to stop is an opt-out, an automatic answer is none of the lead',
  })
  text?: string;
  @JsonObject({ optional: true, description: 'Of a reply: its headers by name, by which automatic answers are known' })
  headers?: Record<string, unknown>;
  @Str({ optional: true, max: 500 }) user_agent?: string;
  @JsonObject({ optional: true, description: 'Kept as data' }) metadata?: Record<string, unknown>;
}

export class MessageEventResponse {
  @Str() interaction_id!: string;
  @Str() message_id!: string;
  @Choice(MESSAGE_EVENTS, { description: 'What it is taken for: a reply can be an opt-out, or a machine’s' })
  type!: MessageEventType;
  @Flag({ description: 'False when this event was known already' }) is_new!: boolean;
  @Num({ min: 0, max: 1, description: 'That a person did it, and not a mail scanner' }) human_probability!: number;
  @Str() reason!: string;
  @Flag({ description: 'Whether the address is suppressed because of it' }) suppressed!: boolean;
}

export class RejudgedEvents {
  @Str() message_id!: string;
  @IntNum({ min: 0 }) bounces!: number;
  @Flag({ description: 'Whether the address is suppressed because of a bounce' }) suppressed!: boolean;
}
