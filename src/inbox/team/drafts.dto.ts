import { Choice, Flag, Instant, IntNum, Str } from '../../operations/index.js';
import { type Channel, CHANNELS } from '../../vocabulary/index.js';
import { EscalationIdRequest } from '../escalations/escalation-id.dto.js';
import type { CaseDraft } from './case-draft.entity.js';

const BODY = { min: 1, max: 20_000 } as const;
const VERSION = {
  optional: true,
  min: 1,
  description: 'The version that the caller has read, where it sends no If-Match; needed once there is a draft',
} as const;

export class SaveDraftRequest extends EscalationIdRequest {
  @Choice(CHANNELS, { optional: true, description: 'By the addresses of the lead when left out: Email before others' })
  channel?: Channel;
  @Str({ optional: true, nullable: true, max: 200, pattern: /^[^\r\n]*$/ }) subject?: string | null;
  @Str(BODY) body!: string;
  @IntNum(VERSION) version?: number;
}

export class SendDraftRequest extends EscalationIdRequest {
  @IntNum(VERSION) version?: number;
}

export class DraftResponse {
  @Str() escalation_id!: string;
  @Choice(CHANNELS) channel!: Channel;
  @Str({ nullable: true }) subject!: string | null;
  @Str(BODY) body!: string;
  @Str() edited_by!: string;
  @Instant() edited_at!: string;
  @Flag({ description: 'It is on its way, or gone: nobody sends it again' }) is_sent!: boolean;
  @Str({ nullable: true }) sent_by!: string | null;
  @Instant({ nullable: true }) sent_at!: string | null;
  @Str({ nullable: true, description: 'The message that it became' }) message_id!: string | null;
  @Instant({ nullable: true, description: 'Until then it can be taken back' }) leaves_at!: string | null;
  @IntNum({ min: 1 }) version!: number;
}

/** How long a message waits for second thoughts. */
export const UNDO_MS = 10_000;

export const toDraftResponse = (draft: CaseDraft): DraftResponse => ({
  escalation_id: draft.escalation_id,
  channel: draft.channel,
  subject: draft.subject,
  body: draft.body,
  edited_by: draft.edited_by,
  edited_at: draft.edited_at,
  is_sent: draft.sent_at !== null,
  sent_by: draft.sent_by,
  sent_at: draft.sent_at,
  message_id: draft.message_id,
  leaves_at: draft.sent_at && new Date(Date.parse(draft.sent_at) + UNDO_MS).toISOString(),
  version: draft.version,
});
