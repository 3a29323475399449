import { Choice, Flag, Instant, IntNum, ListOf, ListRequest, Nested, Num, Str } from '../../operations/index.js';
import {
  CONVERSION_TYPES,
  type ConversionType,
  ID_PATTERN,
  OUTREACH_CHANNELS,
  type OutreachChannel,
} from '../../vocabulary/index.js';
import {
  SEQUENCE_ENTRIES,
  SEQUENCE_EXITS,
  SEQUENCE_PACES,
  STEP_KINDS,
  type SequenceDefinition,
  type SequenceEntry,
  type SequenceExit,
  type SequencePace,
  type StepKind,
} from './sequence-definition.js';
import { SEQUENCE_STATUSES, type Sequence, type SequenceStatus } from './sequence.entity.js';

const MOST_STEPS = 30;
const LONGEST_WAIT_DAYS = 730;

export class SequenceStepDto {
  @Str({ min: 1, max: 64, pattern: ID_PATTERN, description: 'Stays with the step: people are found by it' })
  id!: string;
  @Num({ min: 0, max: LONGEST_WAIT_DAYS, description: 'Days after the step before it, or after the entry' })
  wait_days!: number;
  @Choice(STEP_KINDS, { description: 'The agent decides what is sent, or it is this message' }) does!: StepKind;
  @Choice(OUTREACH_CHANNELS, { optional: true, description: 'Of `message` steps' }) channel?: OutreachChannel;
  @Str({ optional: true, nullable: true, max: 200 }) subject?: string | null;
  @Str({ optional: true, min: 1, max: 5000 }) body?: string;
}

export class ReentryDto {
  @Choice(['never', 'after']) allowed!: 'never' | 'after';
  @Num({ optional: true, min: 0, max: 3650, description: 'Days after leaving it, for `after`' }) days?: number;
}

export class SequenceDefinitionDto {
  @Choice(SEQUENCE_ENTRIES, { description: 'What triage found, or only a person, puts a lead into it' })
  entry!: SequenceEntry;
  @Choice(SEQUENCE_PACES) pace!: SequencePace;
  @Nested(() => SequenceStepDto, { array: true, minItems: 1, maxItems: MOST_STEPS }) steps!: SequenceStepDto[];
  @Num({ min: 0, max: LONGEST_WAIT_DAYS, description: 'Days in which an answer to the last step is waited for' })
  closing_days!: number;
  @Str({ nullable: true, max: 64, description: 'The sequence that takes over when nobody answered' }) then!:
    string | null;
  @ListOf('string', { values: SEQUENCE_EXITS, maxItems: 10 }) exit!: SequenceExit[];
  @ListOf('string', { values: CONVERSION_TYPES, maxItems: 10 }) goal!: ConversionType[];
  @Nested(() => ReentryDto) reentry!: ReentryDto;
}

export class SequenceIdRequest {
  @Str({ min: 1, max: 64 }) sequence_id!: string;
}

export class CreateSequenceRequest {
  @Str({ min: 1, max: 64, pattern: ID_PATTERN }) sequence_id!: string;
  @Str({ min: 1, max: 200 }) name!: string;
  @Nested(() => SequenceDefinitionDto) draft!: SequenceDefinitionDto;
}

export class UpdateSequenceRequest extends SequenceIdRequest {
  @Str({ optional: true, min: 1, max: 200 }) name?: string;
  @Nested(() => SequenceDefinitionDto, { optional: true }) draft?: SequenceDefinitionDto;
}

export class PublishSequenceRequest extends SequenceIdRequest {
  @Choice(['finish', 'move'], {
    optional: true,
    default: 'finish',
    description: 'Whether those in it stay on their version, or go on in the new one from their step',
  })
  people?: 'finish' | 'move';
}

export class SequenceStatusRequest extends SequenceIdRequest {
  @Choice(['active', 'paused', 'archived']) status!: 'active' | 'paused' | 'archived';
}

export class ListSequencesRequest extends ListRequest {
  @Choice(SEQUENCE_STATUSES, { optional: true }) status?: SequenceStatus;
}

export class SequenceResponse {
  @Str() sequence_id!: string;
  @Str() name!: string;
  @Choice(SEQUENCE_STATUSES) status!: SequenceStatus;
  @IntNum({ nullable: true, min: 1 }) published_version!: number | null;
  @Nested(() => SequenceDefinitionDto) draft!: SequenceDefinitionDto;
  @Nested(() => SequenceDefinitionDto, { nullable: true }) published!: SequenceDefinitionDto | null;
  @Flag({ description: 'The draft says something else than what is in force' }) has_unpublished_changes!: boolean;
  @Instant() created_at!: string;
  @Instant() updated_at!: string;
  @IntNum({ min: 1 }) version!: number;
}

export class SequencePage {
  @Nested(() => SequenceResponse, { array: true }) items!: SequenceResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

export class PeopleAtStep {
  @IntNum({ min: 1, description: 'The version that they are on' }) version!: number;
  @Str({ nullable: true, description: 'The last step that they took; null before the first' }) step_id!: string | null;
  @Str() state!: string;
  @IntNum({ min: 0 }) people!: number;
}

export class SequencePeopleResponse {
  @Str() sequence_id!: string;
  @Nested(() => PeopleAtStep, { array: true }) items!: PeopleAtStep[];
}

export class PublishSequenceResponse extends SequenceResponse {
  @IntNum({ min: 0, description: 'How many went over to the new version' }) moved!: number;
}

export function toSequenceResponse(sequence: Sequence, published: SequenceDefinition | null): SequenceResponse {
  const { sequence_id, name, status, published_version, draft, created_at, updated_at, version } = sequence;
  return {
    sequence_id,
    name,
    status,
    published_version,
    draft: draft as SequenceDefinitionDto,
    published: published as SequenceDefinitionDto | null,
    has_unpublished_changes: JSON.stringify(draft) !== JSON.stringify(published),
    created_at,
    updated_at,
    version,
  };
}
