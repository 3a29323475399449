import { AtLeastOneOf, Flag, Instant, ListOf, Nested, Str } from '../../operations/index.js';
import { EscalationIdRequest } from '../escalations/escalation-id.dto.js';
import type { CaseLook } from './case-look.entity.js';
import type { CaseNote } from './case-note.entity.js';

const LONGEST_NOTE = 4_000;

export class AssignRequest extends EscalationIdRequest {
  @Str({ min: 1, max: 100, description: 'A user who may decide cases' }) user_id!: string;
}

@AtLeastOneOf('until', 'until_answer')
export class SnoozeRequest extends EscalationIdRequest {
  @Instant({ optional: true, description: 'Back in line at that time; 30 days from now when left out' }) until?: string;
  @Flag({ optional: true, description: 'Back in line when the lead answers, if that is sooner' })
  until_answer?: boolean;
}

export class LookRequest extends EscalationIdRequest {
  @Flag({ optional: true, default: false, description: 'The caller looks at it no more' }) left?: boolean;
}

export class NoteRequest extends EscalationIdRequest {
  @Str({
    min: 1,
    max: LONGEST_NOTE,
    description: 'For the team. `@` and a user’s id, address, or what stands before its `@`, speaks to that user',
  })
  text!: string;
}

export class LookResponse {
  @Str() user_id!: string;
  @Instant({ description: 'When it is taken to be over without another sign of life' }) until!: string;
}

export class LooksResponse {
  @Nested(() => LookResponse, { array: true }) looking!: LookResponse[];
}

export class NoteResponse {
  @Str() note_id!: string;
  @Str() author_id!: string;
  @Str({ max: LONGEST_NOTE }) text!: string;
  @ListOf('string', { description: 'Users that it speaks to' }) mentions!: string[];
  @Instant() created_at!: string;
}

export const toLookResponse = ({ user_id, until }: CaseLook): LookResponse => ({ user_id, until });

export const toNoteResponse = ({ note_id, author_id, text, mentions, created_at }: CaseNote): NoteResponse => ({
  note_id,
  author_id,
  text,
  mentions,
  created_at,
});
