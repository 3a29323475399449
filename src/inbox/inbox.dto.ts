import { Choice, Flag, Instant, IntNum, ListRequest, Nested, Num, Str } from '../operations/index.js';
import { APPROVAL_STATUSES, ESCALATION_STATUSES } from './vocabulary.js';
import { ESCALATION_REASONS, type EscalationReason, PRIORITIES, type Priority } from '../vocabulary/index.js';

const ITEM_TYPES = ['escalation', 'approval'] as const;
export type InboxItemType = (typeof ITEM_TYPES)[number];

export class ListInboxRequest extends ListRequest {
  @Choice(ITEM_TYPES, { optional: true }) item_type?: InboxItemType;
  @Choice(ESCALATION_REASONS, { optional: true, description: 'Only cases with this reason' }) reason?: EscalationReason;
  @Choice(['open', 'claimed', 'pending'], { optional: true }) status?: 'open' | 'claimed' | 'pending';
  @Choice(PRIORITIES, { optional: true }) priority?: Priority;
  @Str({ optional: true, max: 100, description: 'Reason of an escalation or kind of an approval' }) kind?: string;
  @Str({ optional: true, max: 100 }) assigned_to?: string;
  @Flag({
    optional: true,
    description: 'Only cases that are with the caller, or with somebody for whom the caller stands in',
  })
  mine?: boolean;
  @Flag({ optional: true, description: 'Cases that are put off, instead of what waits; the soonest back first' })
  snoozed?: boolean;
  @Str({ optional: true, max: 100 }) lead_id?: string;
  @Str({ optional: true, max: 100 }) campaign_id?: string;
}

export class InboxItem {
  @Choice(ITEM_TYPES) item_type!: InboxItemType;
  @Str({ description: 'An escalation_id or an approval_id, by item_type' }) item_id!: string;
  @Str({ description: 'Reason of an escalation or kind of an approval' }) kind!: string;
  @Choice(ESCALATION_REASONS, { nullable: true, description: 'Of a case' }) reason!: EscalationReason | null;
  @Str({ max: 20_000, description: 'Who and what, in one line' }) title!: string;
  @Str({ max: 20_000 }) summary!: string;
  @Choice([...new Set([...ESCALATION_STATUSES, ...APPROVAL_STATUSES])]) status!: string;
  @Choice(PRIORITIES) priority!: Priority;
  @Instant({ description: 'When an escalation climbs or an approval expires' }) due_at!: string;
  @IntNum({ min: 0 }) level!: number;
  @Num({ description: 'What is expected of it, in USD' }) worth!: number;
  @Flag({ description: 'While it is open, nothing is sent to its lead' }) blocks!: boolean;
  @IntNum({ min: 1, description: 'How often it was raised while it was unresolved' }) times!: number;
  @Instant() waiting_since!: string;
  @Instant({ nullable: true }) snoozed_until!: string | null;
  @Flag({ description: 'Put off until the lead answers, if that is sooner' }) until_answer!: boolean;
  @Str({ nullable: true }) assigned_to!: string | null;
  @Str() raised_by!: string;
  @Str({ nullable: true }) lead_id!: string | null;
  @Str({ nullable: true }) campaign_id!: string | null;
  @Str({ nullable: true }) decision_id!: string | null;
  @Instant() created_at!: string;
  @IntNum({ min: 1 }) version!: number;
}

export class InboxPage {
  @Nested(() => InboxItem, { array: true }) items!: InboxItem[];
  @Str({ nullable: true }) next_cursor!: string | null;
}
