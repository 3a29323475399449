import type { LiveEventType, NewLiveEvent } from '../live-events/index.js';
import type { Decision } from './decision.entity.js';

export type DecisionNames = Pick<
  Decision,
  'decision_id' | 'kind' | 'agent_id' | 'subject_type' | 'subject_id' | 'status'
>;

export function decisionEvent(type: LiveEventType & `decision.${string}`, decision: DecisionNames): NewLiveEvent {
  const { decision_id, kind, agent_id, subject_type, subject_id, status } = decision;
  return {
    type,
    subject_kind: 'decision',
    subject_id: decision_id,
    scope: 'decisions:read',
    data: { status, kind, agent_id, [`${subject_type}_id`]: subject_id },
  };
}
