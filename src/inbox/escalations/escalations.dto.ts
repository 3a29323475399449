import {
  Choice,
  FieldsBy,
  Flag,
  Instant,
  IntNum,
  JsonObject,
  ListOf,
  ListRequest,
  Nested,
  Num,
  Str,
} from '../../operations/index.js';
import { InboxItem } from '../inbox.dto.js';
import type { CaseDraft } from '../team/case-draft.entity.js';
import type { CaseLook } from '../team/case-look.entity.js';
import type { CaseNote } from '../team/case-note.entity.js';
import { LookResponse, NoteResponse, toLookResponse, toNoteResponse } from '../team/case-work.dto.js';
import { DraftResponse, toDraftResponse } from '../team/drafts.dto.js';
import { ESCALATION_STATUSES, type EscalationStatus, RESOLUTIONS, type Resolution } from '../vocabulary.js';
import { type CaseAnswer, FORM_FIELD_TYPES, type FormField } from './answers.js';
import type { Escalation } from './escalation.entity.js';
import { ESCALATION_REASONS, type EscalationReason, PRIORITIES, type Priority } from '../../vocabulary/index.js';

const LONG_TEXT = 20_000;

export class ListEscalationsRequest extends ListRequest {
  @Choice(ESCALATION_STATUSES, { optional: true }) status?: EscalationStatus;
  @Choice(ESCALATION_REASONS, { optional: true }) reason?: EscalationReason;
  @Choice(PRIORITIES, { optional: true }) priority?: Priority;
  @Str({ optional: true, max: 100 }) assigned_to?: string;
  @Str({ optional: true, max: 100 }) lead_id?: string;
  @Str({ optional: true, max: 100 }) campaign_id?: string;
  @Str({ optional: true, max: 100 }) decision_id?: string;
}

class Answer {
  @Choice(RESOLUTIONS) resolution!: Resolution;
  @Str({ optional: true, max: 2000 }) note?: string;
  @JsonObject({ optional: true, minProperties: 1, description: 'For `change`: the fields to change and their values' })
  changes?: Record<string, unknown>;
  @Str({ optional: true, max: 100, example: 'EN-001', description: 'For `return`: the agent that goes on with it' })
  return_to?: string;
}

const FIELDS_OF_ANSWERS = {
  approve: {},
  reject: {},
  answered: {},
  change: { needs: ['changes'] },
  return: { needs: ['return_to'] },
};

@FieldsBy('resolution', FIELDS_OF_ANSWERS)
export class ResolveEscalationRequest extends Answer {
  @Str({ min: 1, max: 100 }) escalation_id!: string;
}

const MOST_AT_ONCE = 200;

@FieldsBy('resolution', FIELDS_OF_ANSWERS)
export class ResolveManyRequest extends Answer {
  @ListOf('string', { minItems: 1, maxItems: MOST_AT_ONCE, max: 100 }) escalation_ids!: string[];
}

export class ResolutionDetailResponse {
  @JsonObject({ optional: true }) changes?: Readonly<Record<string, unknown>>;
  @Str({ optional: true }) return_to?: string;
}

export class EscalationResponse {
  @Str() escalation_id!: string;
  @Str({ nullable: true }) lead_id!: string | null;
  @Str({ nullable: true }) campaign_id!: string | null;
  @Str({ nullable: true }) conversation_id!: string | null;
  @Str({ nullable: true }) decision_id!: string | null;
  @Str() reason!: string;
  @Str({ max: LONG_TEXT, description: 'Who and what, in one line' }) title!: string;
  @Str({ max: LONG_TEXT }) summary!: string;
  @JsonObject() context!: object;
  @Str() raised_by!: string;
  @Choice(ESCALATION_STATUSES) status!: EscalationStatus;
  @Choice(PRIORITIES) priority!: Priority;
  @Num({ description: 'What is expected of it, in USD' }) worth!: number;
  @Flag({ description: 'While it is open, nothing is sent to its lead' }) blocks!: boolean;
  @IntNum({ min: 1, description: 'How often it was raised while it was unresolved' }) times!: number;
  @Instant() waiting_since!: string;
  @Instant({ nullable: true, description: 'Put off until then' }) snoozed_until!: string | null;
  @Flag({ description: 'Put off until the lead answers, if that is sooner' }) until_answer!: boolean;
  @IntNum({ min: 0, description: 'How often it has climbed because nobody took it in time' }) level!: number;
  @Str({ nullable: true }) assigned_to!: string | null;
  @Instant({ nullable: true }) claimed_at!: string | null;
  @Instant() due_at!: string;
  @Instant({ nullable: true }) reminded_at!: string | null;
  @Instant({ nullable: true }) resolved_at!: string | null;
  @Choice(RESOLUTIONS, { nullable: true }) resolution!: Resolution | null;
  @Str({ nullable: true }) resolution_note!: string | null;
  @Nested(() => ResolutionDetailResponse, { nullable: true }) resolution_detail!: ResolutionDetailResponse | null;
  @Str({ nullable: true }) resolved_by!: string | null;
  @Instant() created_at!: string;
  @IntNum({ min: 1 }) version!: number;
}

export class CaseAnswerResponse {
  @Choice(RESOLUTIONS) answer!: Resolution;
  @Str({ description: 'What follows from it' }) then!: string;
}

export class FormFieldResponse {
  @Str({ example: 'preferred_channel' }) name!: string;
  @Str() label!: string;
  @Choice(FORM_FIELD_TYPES) type!: FormField['type'];
  @ListOf('string', { optional: true }) choices?: string[];
  @Num({ optional: true }) min?: number;
  @Num({ optional: true }) max?: number;
}

/** A case as whoever decides sees it. */
export class CaseResponse extends EscalationResponse {
  @Nested(() => CaseAnswerResponse, { array: true, description: 'What may be answered, and what follows from each' })
  answers!: CaseAnswerResponse[];
  @Nested(() => FormFieldResponse, { array: true, description: 'What `changes` may hold' }) form!: FormFieldResponse[];
  @Nested(() => LookResponse, { array: true, description: 'Who looks at it now' }) looking!: LookResponse[];
  @Nested(() => NoteResponse, { array: true, description: 'Of the team, the oldest first' }) notes!: NoteResponse[];
  @Nested(() => DraftResponse, { nullable: true, description: 'The answer that the team writes' })
  draft!: DraftResponse | null;
}

export class ResolvedCaseResponse extends EscalationResponse {
  @Nested(() => InboxItem, { nullable: true, description: 'The next thing in line that is nobody else’s' })
  next!: InboxItem | null;
}

export class ResolvedOfMany {
  @Str() escalation_id!: string;
  @Flag() resolved!: boolean;
  @Str({ nullable: true, description: 'Why not' }) reason!: string | null;
  @Str({ nullable: true, description: 'Of the refusal', example: 'escalation_resolved' }) code!: string | null;
}

export class ResolveManyResponse {
  @IntNum({ min: 0 }) resolved!: number;
  @Nested(() => ResolvedOfMany, { array: true }) results!: ResolvedOfMany[];
  @Nested(() => InboxItem, { nullable: true, description: 'The next thing in line that is nobody else’s' })
  next!: InboxItem | null;
}

export class EscalationPage {
  @Nested(() => EscalationResponse, { array: true }) items!: EscalationResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

export const toEscalationResponse = (escalation: Escalation): EscalationResponse => ({
  escalation_id: escalation.escalation_id,
  lead_id: escalation.lead_id,
  campaign_id: escalation.campaign_id,
  conversation_id: escalation.conversation_id,
  decision_id: escalation.decision_id,
  reason: escalation.reason,
  title: escalation.title,
  summary: escalation.summary,
  context: escalation.context,
  raised_by: escalation.raised_by,
  status: escalation.status,
  priority: escalation.priority,
  worth: escalation.worth,
  blocks: escalation.blocks,
  times: escalation.times,
  waiting_since: escalation.waiting_since,
  snoozed_until: escalation.snoozed_until,
  until_answer: escalation.until_answer,
  level: escalation.level,
  assigned_to: escalation.assigned_to,
  claimed_at: escalation.claimed_at,
  due_at: escalation.due_at,
  reminded_at: escalation.reminded_at,
  resolved_at: escalation.resolved_at,
  resolution: escalation.resolution,
  resolution_note: escalation.resolution_note,
  resolution_detail: escalation.resolution_detail,
  resolved_by: escalation.resolved_by,
  created_at: escalation.created_at,
  version: escalation.version,
});

/** What the team has at a case. */
interface CaseWork {
  readonly looking: readonly CaseLook[];
  readonly notes: readonly CaseNote[];
  readonly draft: CaseDraft | undefined;
}

export const toCaseResponse = (
  escalation: Escalation,
  { answers, form }: { answers: readonly CaseAnswer[]; form: readonly FormField[] },
  { looking, notes, draft }: CaseWork,
): CaseResponse => ({
  ...toEscalationResponse(escalation),
  // a settled case takes no answers
  answers: escalation.status === 'resolved' ? [] : answers.map(({ answer, then }) => ({ answer, then })),
  form: escalation.status === 'resolved' ? [] : form.map(toFieldResponse),
  looking: looking.map(toLookResponse),
  notes: notes.map(toNoteResponse),
  draft: draft ? toDraftResponse(draft) : null,
});

const toFieldResponse = ({ name, label, type, choices, min, max }: FormField): FormFieldResponse => ({
  name,
  label,
  type,
  ...(choices && { choices: [...choices] }),
  ...(min !== undefined && { min }),
  ...(max !== undefined && { max }),
});
