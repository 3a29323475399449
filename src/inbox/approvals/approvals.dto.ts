import { Choice, Instant, IntNum, JsonObject, JsonValue, ListRequest, Nested, Str } from '../../operations/index.js';
import { InboxItem } from '../inbox.dto.js';
import { APPROVAL_STATUSES, type ApprovalStatus } from '../vocabulary.js';
import type { Approval } from './approval.entity.js';
import { PRIORITIES, type Priority } from '../../vocabulary/index.js';

const LONG_TEXT = 20_000;

export class ApprovalIdRequest {
  @Str({ min: 1, max: 100 }) approval_id!: string;
}

export class ListApprovalsRequest extends ListRequest {
  @Choice(APPROVAL_STATUSES, { optional: true }) status?: ApprovalStatus;
  @Str({ optional: true, max: 100 }) kind?: string;
  @Choice(PRIORITIES, { optional: true }) priority?: Priority;
  @Str({ optional: true, max: 100 }) lead_id?: string;
  @Str({ optional: true, max: 100 }) campaign_id?: string;
  @Str({ optional: true, max: 100 }) escalation_id?: string;
  @Str({ optional: true, max: 100 }) decision_id?: string;
}

export class ApproveRequest extends ApprovalIdRequest {
  @Str({ optional: true, max: 2000 }) note?: string;
  @Str({
    optional: true,
    max: 64,
    pattern: /^[0-9a-f]{64}$/,
    description: 'The `effect_hash` that was read: refuses to approve any other effect',
  })
  effect_hash?: string;
}

export class RejectApprovalRequest extends ApprovalIdRequest {
  @Str({ optional: true, max: 2000 }) note?: string;
}

export class RequestApprovalRequest {
  @Str({ min: 1, max: 100, description: 'Name of the operation to be called', example: 'lead.delete' })
  operation!: string;
  @JsonObject({ description: 'What the operation takes' }) input!: Record<string, unknown>;
  @Str({ optional: true, max: 2000, description: 'Why, for the person who decides' }) reason?: string;
}

export class RequestedApprovalResponse {
  @Str() approval_id!: string;
  @Choice(APPROVAL_STATUSES) status!: ApprovalStatus;
  @Instant() expires_at!: string;
  @Str({
    optional: true,
    max: LONG_TEXT,
    description: 'Why nothing was done: the note of who said no, or why it lapsed, expired or failed',
  })
  reason?: string;
  @JsonObject({ optional: true, description: 'What the operation answered, once it was carried out' }) result?: Record<
    string,
    unknown
  >;
}

export class ApprovalResponse {
  @Str() approval_id!: string;
  @Str() kind!: string;
  @Str({ max: LONG_TEXT }) title!: string;
  @JsonObject() effect!: object;
  @Str({ description: 'SHA-256 of the effect’s canonical JSON' }) effect_hash!: string;
  @JsonValue({ description: 'The state that the effect was judged on' }) state_ref!: unknown;
  @Str() state_hash!: string;
  @JsonObject() evidence!: object;
  @JsonObject() blast_radius!: object;
  @JsonObject({ nullable: true }) undo!: object | null;
  @Str({ nullable: true }) decision_id!: string | null;
  @Str({ nullable: true }) escalation_id!: string | null;
  @Str({ nullable: true }) lead_id!: string | null;
  @Str({ nullable: true }) campaign_id!: string | null;
  @Str() requested_by!: string;
  @Choice(PRIORITIES) priority!: Priority;
  @Choice(APPROVAL_STATUSES) status!: ApprovalStatus;
  @Instant() expires_at!: string;
  @Str({ nullable: true }) decided_by!: string | null;
  @Instant({ nullable: true }) decided_at!: string | null;
  @Str({ nullable: true, max: LONG_TEXT }) decision_note!: string | null;
  @Str({ nullable: true, max: LONG_TEXT, description: 'Why it lapsed, expired or failed' }) closed_reason!:
    string | null;
  @Instant({ nullable: true }) executed_at!: string | null;
  @JsonObject({ nullable: true, description: 'What the effect answered when it was carried out' }) result!:
    object | null;
  @Instant() created_at!: string;
  @IntNum({ min: 1 }) version!: number;
}

export class DecidedApprovalResponse extends ApprovalResponse {
  @Nested(() => InboxItem, { nullable: true, description: 'The next thing in line that is nobody else’s' })
  next!: InboxItem | null;
}

export class ApprovalPage {
  @Nested(() => ApprovalResponse, { array: true }) items!: ApprovalResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

export const toApprovalResponse = (approval: Approval): ApprovalResponse => ({
  approval_id: approval.approval_id,
  kind: approval.kind,
  title: approval.title,
  effect: approval.effect,
  effect_hash: approval.effect_hash,
  state_ref: approval.state_ref,
  state_hash: approval.state_hash,
  evidence: approval.evidence,
  blast_radius: approval.blast_radius,
  undo: approval.undo,
  decision_id: approval.decision_id,
  escalation_id: approval.escalation_id,
  lead_id: approval.lead_id,
  campaign_id: approval.campaign_id,
  requested_by: approval.requested_by,
  priority: approval.priority,
  status: approval.status,
  expires_at: approval.expires_at,
  decided_by: approval.decided_by,
  decided_at: approval.decided_at,
  decision_note: approval.decision_note,
  closed_reason: approval.closed_reason,
  executed_at: approval.executed_at,
  result: approval.result,
  created_at: approval.created_at,
  version: approval.version,
});
