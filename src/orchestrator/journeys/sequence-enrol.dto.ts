import { Choice, Str } from '../../operations/index.js';

export class EnrolLeadRequest {
  @Str({ min: 1, max: 64 }) sequence_id!: string;
  @Str({ min: 1, max: 64 }) lead_id!: string;
}

export class EnrolLeadResponse {
  @Str() sequence_id!: string;
  @Str() lead_id!: string;
  @Choice(['message', 'waits', 'ends'], {
    description: 'A message is planned, the first step waits for its time, or nothing can be sent to the lead',
  })
  outcome!: 'message' | 'waits' | 'ends';
  @Str({ nullable: true, description: 'Why it waits, or ends at once' }) reason!: string | null;
  @Str({ nullable: true }) message_id!: string | null;
}
