import { Choice, Instant, IntNum, ListRequest, Nested, Str } from '../../operations/index.js';
import {
  ENROLMENT_STATES,
  type Enrolment,
  type EnrolmentState,
  PAUSE_REASONS,
  type PauseReason,
} from './enrolment.entity.js';

export class EnrolmentIdRequest {
  @Str({ min: 1, max: 100 }) enrolment_id!: string;
}

export class ListEnrolmentsRequest extends ListRequest {
  @Str({ optional: true, max: 100 }) lead_id?: string;
  @Str({ optional: true, max: 100 }) sequence_id?: string;
  @Str({ optional: true, max: 100 }) campaign_id?: string;
  @Choice(ENROLMENT_STATES, { optional: true }) state?: EnrolmentState;
}

export class StepTakenResponse {
  @Str() step!: string;
  @Instant() at!: string;
  @Choice(['message', 'skipped']) outcome!: 'message' | 'skipped';
  @Str({ optional: true }) message_id?: string;
  @Str({ optional: true }) decision_id?: string;
  @Str({ optional: true }) detail?: string;
}

export class EnrolmentResponse {
  @Str() enrolment_id!: string;
  @Str() lead_id!: string;
  @Str({ nullable: true }) campaign_id!: string | null;
  @Str() sequence_id!: string;
  @IntNum({ min: 1 }) sequence_version!: number;
  @Str({ nullable: true, description: 'The last step that was taken' }) step_id!: string | null;
  @IntNum({ min: 1, description: 'How often the lead has been in this sequence' }) run_no!: number;
  @Choice(ENROLMENT_STATES) state!: EnrolmentState;
  @Choice(PAUSE_REASONS, { nullable: true }) paused_for!: PauseReason | null;
  @Instant({ nullable: true, description: 'When the next step is decided' }) next_at!: string | null;
  @Str({ nullable: true }) why_next!: string | null;
  @Str({ nullable: true }) message_id!: string | null;
  @Nested(() => StepTakenResponse, { array: true }) trail!: StepTakenResponse[];
  @Str({ nullable: true }) exit_reason!: string | null;
  @Instant() entered_at!: string;
  @Str() entered_by!: string;
  @Instant({ nullable: true }) ended_at!: string | null;
  @Instant() updated_at!: string;
}

export class EnrolmentPage {
  @Nested(() => EnrolmentResponse, { array: true }) items!: EnrolmentResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

export function toEnrolmentResponse(enrolment: Enrolment): EnrolmentResponse {
  const { live_lead_id: _live, company_key: _company, turn: _turn, tries: _tries, trail, ...shown } = enrolment;
  return { ...shown, trail: [...trail] };
}
