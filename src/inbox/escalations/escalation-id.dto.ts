import { Str } from '../../operations/index.js';

export class EscalationIdRequest {
  @Str({ min: 1, max: 100 }) escalation_id!: string;
}
