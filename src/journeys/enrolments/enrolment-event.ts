import type { LiveEventType, NewLiveEvent } from '../../live-events/index.js';
import type { Enrolment } from './enrolment.entity.js';

/** Told when a lead enters a sequence, and when it has left it. */
export function enrolmentEvent(
  type: Extract<LiveEventType, `journey.${string}`>,
  { enrolment_id, lead_id, campaign_id, sequence_id, exit_reason }: Enrolment,
): NewLiveEvent {
  return {
    type,
    subject_kind: 'enrolment',
    subject_id: enrolment_id,
    scope: 'leads:read',
    data: { lead_id, campaign_id, sequence_id, exit_reason },
  };
}
