import type { LiveEventType, NewLiveEvent } from '../live-events/index.js';
import type { Approval } from './approvals/approval.entity.js';
import type { Escalation } from './escalations/escalation.entity.js';

const SCOPE = 'approvals:read';

export function approvalEvent(
  type: LiveEventType & `approval.${string}`,
  {
    approval_id,
    status,
    kind,
    lead_id,
    campaign_id,
    decision_id,
  }: Pick<Approval, 'approval_id' | 'status' | 'kind' | 'lead_id' | 'campaign_id' | 'decision_id'>,
): NewLiveEvent {
  return {
    type,
    subject_kind: 'approval',
    subject_id: approval_id,
    scope: SCOPE,
    data: { status, kind, lead_id, campaign_id, decision_id },
  };
}

export function escalationLiveEvent(
  type: LiveEventType & `escalation.${string}`,
  escalation: Escalation,
  more: Record<string, unknown> = {},
): NewLiveEvent {
  const { escalation_id, status, reason, priority, resolution, lead_id, campaign_id } = escalation;
  return {
    type,
    subject_kind: 'escalation',
    subject_id: escalation_id,
    scope: SCOPE,
    data: { status, reason, priority, ...(resolution && { resolution }), lead_id, campaign_id, ...more },
  };
}
