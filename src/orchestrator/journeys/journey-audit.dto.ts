import { IntNum, Nested, Str } from '../../operations/index.js';

export class JourneyAuditRequest {
  @IntNum({ optional: true, min: 1, max: 1000, default: 100, description: 'Stranded leads that are listed at most' })
  limit?: number;
}

export class StrandedLead {
  @Str() lead_id!: string;
  @Str() flow_state!: string;
  @Str({ nullable: true }) enrolment_id!: string | null;
  @Str({ description: 'Why nothing will ever move it' }) why!: string;
}

export class JourneyAuditResponse {
  @IntNum({ min: 0, description: 'Leads that are under way' }) under_way!: number;
  @IntNum({ min: 0 }) in_sequence!: number;
  @IntNum({ min: 0 }) with_person!: number;
  @IntNum({ min: 0, description: 'Leads without next time, open case or end: there should be none' }) stranded!: number;
  @Nested(() => StrandedLead, { array: true }) items!: StrandedLead[];
}
