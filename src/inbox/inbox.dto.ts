import { Choice, Instant, IntNum, ListRequest, Nested, Str } from '../operations/index.js';
import { APPROVAL_STATUSES, ESCALATION_STATUSES } from './vocabulary.js';
import { PRIORITIES, type Priority } from '../vocabulary/index.js';

const ITEM_TYPES = ['escalation', 'approval'] as const;
export type InboxItemType = (typeof ITEM_TYPES)[number];

export class ListInboxRequest extends ListRequest {
  @Choice(ITEM_TYPES, { optional: true }) item_type?: InboxItemType;
  @Choice(PRIORITIES, { optional: true }) priority?: Priority;
  @Str({ optional: true, max: 100, description: 'Reason of an escalation or kind of an approval' }) kind?: string;
  @Str({ optional: true, max: 100 }) assigned_to?: string;
  @Str({ optional: true, max: 100 }) lead_id?: string;
  @Str({ optional: true, max: 100 }) campaign_id?: string;
}

export class InboxItem {
  @Choice(ITEM_TYPES) item_type!: InboxItemType;
  @Str({ description: 'An escalation_id or an approval_id, by item_type' }) item_id!: string;
  @Str({ description: 'Reason of an escalation or kind of an approval' }) kind!: string;
  @Str({ max: 20_000 }) title!: string;
  @Choice([...new Set([...ESCALATION_STATUSES, ...APPROVAL_STATUSES])]) status!: string;
  @Choice(PRIORITIES) priority!: Priority;
  @Instant({ description: 'When an escalation climbs or an approval expires' }) due_at!: string;
  @IntNum({ min: 0 }) level!: number;
  @Str({ nullable: true }) assigned_to!: string | null;
  @Str() raised_by!: string;
  @Str({ nullable: true }) lead_id!: string | null;
  @Str({ nullable: true }) campaign_id!: string | null;
  @Str({ nullable: true }) decision_id!: string | null;
  @Instant() created_at!: string;
}

export class InboxPage {
  @Nested(() => InboxItem, { array: true }) items!: InboxItem[];
  @Str({ nullable: true }) next_cursor!: string | null;
}
