import type { NewLiveEvent } from '../../live-events/index.js';
import type { Handoff, HandoffStatus } from './handoff.entity.js';

const TYPE = {
  requested: 'handoff.requested',
  delivered: 'handoff.delivered',
  acknowledged: 'handoff.acknowledged',
  completed: 'handoff.completed',
  failed: 'handoff.completed',
} as const satisfies Record<HandoffStatus, string>;

/** Told when a handoff reaches a status; one that failed is over too, and its status says how. */
export function handoffEvent(
  { handoff_id, purpose, from_agent, to_agent, lead_id, campaign_id }: Handoff,
  status: HandoffStatus,
): NewLiveEvent {
  return {
    type: TYPE[status],
    subject_kind: 'handoff',
    subject_id: handoff_id,
    scope: 'handoffs:read',
    data: { status, purpose, from_agent, to_agent, lead_id, campaign_id },
  };
}
