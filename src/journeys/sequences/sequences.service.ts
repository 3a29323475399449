import { Injectable } from '@nestjs/common';
import { Database, type Reader, type Unit } from '../../database/index.js';
import { conflict, notFound } from '../../errors/index.js';
import { type CommandContext, DEFAULT_PAGE, Operation, checkVersion } from '../../operations/index.js';
import { Enrolments } from '../enrolments/enrolments.js';
import { Journeys } from '../journeys.js';
import { checkDefinition } from './check-definition.js';
import type { SequenceDefinition } from './sequence-definition.js';
import { Sequence, SequenceVersion, versionId } from './sequence.entity.js';
import {
  CreateSequenceRequest,
  ListSequencesRequest,
  PublishSequenceRequest,
  PublishSequenceResponse,
  SequenceIdRequest,
  SequencePage,
  SequencePeopleResponse,
  SequenceResponse,
  SequenceStatusRequest,
  UpdateSequenceRequest,
  toSequenceResponse,
} from './sequences.dto.js';
import { Sequences } from './sequences.js';

const TOLD_AT_ONCE = 500;

/** Sequences as marketers edit them: a draft, versions that never change, and the people in them. */
@Injectable()
export class SequencesService {
  constructor(
    private readonly database: Database,
    private readonly sequences: Sequences,
    private readonly enrolments: Enrolments,
    private readonly journeys: Journeys,
  ) {}

  @Operation({
    name: 'sequence.list',
    permission: 'leads:read',
    kind: 'query',
    request: ListSequencesRequest,
    response: SequencePage,
    summary: 'Sequences of messages, with what is in force and what is drafted',
    rest: { route: 'GET /api/v1/sequences', tag: 'journeys' },
  })
  async list({ limit = DEFAULT_PAGE, cursor, ...where }: ListSequencesRequest): Promise<SequencePage> {
    const page = await this.database.of(Sequence).page({ where, limit, cursor });
    const items: SequenceResponse[] = [];
    for (const sequence of page.items) items.push(await this.shown(this.database, sequence));
    return { items, next_cursor: page.next_cursor };
  }

  @Operation({
    name: 'sequence.get',
    permission: 'leads:read',
    kind: 'query',
    request: SequenceIdRequest,
    response: SequenceResponse,
    summary: 'One sequence',
    rest: { route: 'GET /api/v1/sequences/:sequence_id', hasEtag: true, tag: 'journeys' },
  })
  async get({ sequence_id }: SequenceIdRequest): Promise<SequenceResponse> {
    const sequence = await this.database.of(Sequence).get(sequence_id);
    if (!sequence) throw notFound('sequence', sequence_id);
    return this.shown(this.database, sequence);
  }

  @Operation({
    name: 'sequence.people',
    permission: 'leads:read',
    kind: 'query',
    request: SequenceIdRequest,
    response: SequencePeopleResponse,
    summary: 'How many people wait where in a sequence: what publishing or pausing it concerns',
    rest: { route: 'GET /api/v1/sequences/:sequence_id/people', tag: 'journeys' },
  })
  async people({ sequence_id }: SequenceIdRequest): Promise<SequencePeopleResponse> {
    if (!(await this.database.of(Sequence).get(sequence_id))) throw notFound('sequence', sequence_id);
    const counts = await this.enrolments.countLive(this.database, sequence_id);
    return { sequence_id, items: counts };
  }

  @Operation({
    name: 'sequence.create',
    permission: 'campaigns:write',
    kind: 'command',
    request: CreateSequenceRequest,
    response: SequenceResponse,
    summary: 'Draft a new sequence; it takes nobody in until it is published',
    rest: { route: 'POST /api/v1/sequences', status: 201, hasEtag: true, tag: 'journeys' },
  })
  async create(
    { sequence_id, name, draft }: CreateSequenceRequest,
    { unit, now }: CommandContext,
  ): Promise<SequenceResponse> {
    const definition = draft as SequenceDefinition;
    await this.check(unit, sequence_id, definition);
    const row: Sequence = {
      sequence_id,
      name,
      status: 'draft',
      entry: null,
      published_version: null,
      draft: definition,
      created_at: now,
      updated_at: now,
      version: 1,
    };
    if ((await unit.of(Sequence).insertNew(row)) === 0)
      throw conflict('sequence_exists', `sequence_id: there is a sequence "${sequence_id}" already`);
    return toSequenceResponse(row, null);
  }

  @Operation({
    name: 'sequence.update',
    permission: 'campaigns:write',
    kind: 'command',
    request: UpdateSequenceRequest,
    response: SequenceResponse,
    summary: 'Change the draft of a sequence; nobody in it notices until it is published',
    rest: { route: 'PATCH /api/v1/sequences/:sequence_id', hasEtag: true, tag: 'journeys' },
    isIdempotent: true,
  })
  async update(
    { sequence_id, name, draft }: UpdateSequenceRequest,
    { unit, now, ifMatch }: CommandContext,
  ): Promise<SequenceResponse> {
    const sequence = await this.lock(unit, sequence_id);
    checkVersion(ifMatch, sequence.version);
    const definition = draft as SequenceDefinition | undefined;
    if (definition) await this.check(unit, sequence_id, definition);
    const changes = { ...(name !== undefined && { name }), ...(definition && { draft: definition }) };
    return this.shown(unit, await this.change(unit, sequence, changes, now));
  }

  @Operation({
    name: 'sequence.publish',
    permission: 'campaigns:write',
    kind: 'command',
    request: PublishSequenceRequest,
    response: PublishSequenceResponse,
    summary: 'Put the draft in force; people in the sequence finish their version, or go over to the new one',
    rest: { route: 'POST /api/v1/sequences/:sequence_id/publish', hasEtag: true, tag: 'journeys' },
    needsPerson: { for: 'message' },
  })
  async publish(
    { sequence_id, people = 'finish' }: PublishSequenceRequest,
    { unit, now, principal, ifMatch }: CommandContext,
  ): Promise<PublishSequenceResponse> {
    const sequence = await this.lock(unit, sequence_id);
    checkVersion(ifMatch, sequence.version);
    await this.check(unit, sequence_id, sequence.draft);
    const number = (sequence.published_version ?? 0) + 1;
    await unit
      .of(SequenceVersion)
      .insert({
        version_id: versionId(sequence_id, number),
        sequence_id,
        number,
        definition: sequence.draft,
        published_at: now,
        published_by: principal.id,
      });
    const status = sequence.status === 'draft' ? 'active' : sequence.status;
    const changed = await this.change(
      unit,
      sequence,
      { status, published_version: number, entry: sequence.draft.entry },
      now,
    );
    const moved = people === 'move' ? await this.enrolments.moveTo(unit, sequence_id, number, sequence.draft, now) : 0;
    return { ...toSequenceResponse(changed, changed.draft), moved };
  }

  @Operation({
    name: 'sequence.set_status',
    permission: 'campaigns:write',
    kind: 'command',
    request: SequenceStatusRequest,
    response: SequenceResponse,
    summary: 'Pause a sequence, let it go on (what is overdue is judged anew and spread), or archive it',
    rest: { route: 'PUT /api/v1/sequences/:sequence_id/status', hasEtag: true, tag: 'journeys' },
    isIdempotent: true,
  })
  async setStatus(
    { sequence_id, status }: SequenceStatusRequest,
    { unit, now, ifMatch }: CommandContext,
  ): Promise<SequenceResponse> {
    const sequence = await this.lock(unit, sequence_id);
    checkVersion(ifMatch, sequence.version);
    if (sequence.published_version === null)
      throw conflict('sequence_not_published', `the sequence "${sequence_id}" has not been published yet`);
    if (sequence.status === status) return this.shown(unit, sequence);
    const changed = await this.change(unit, sequence, { status }, now);
    if (status !== 'paused') await this.tellPeople(unit, sequence_id, status, now);
    return this.shown(unit, changed);
  }

  /** Those in a sequence leave it when it is archived, and go on when it is not paused any more. */
  private async tellPeople(unit: Unit, sequenceId: string, status: 'active' | 'archived', now: string): Promise<void> {
    const [event, reason] =
      status === 'archived'
        ? (['handled', `the sequence "${sequenceId}" was archived`] as const)
        : (['campaign_resumed', `the sequence "${sequenceId}" goes on`] as const);
    for (let last = ''; ;) {
      const some = await this.enrolments.ofSequence(unit, sequenceId, last, TOLD_AT_ONCE);
      const events = some.map(({ lead_id }) => ({ lead_id, event, reason, pausedFor: 'sequence' as const }));
      await this.journeys.tell(unit, events, now);
      if (some.length < TOLD_AT_ONCE) return;
      last = some.at(-1)!.enrolment_id;
    }
  }

  private async shown(reader: Reader, sequence: Sequence): Promise<SequenceResponse> {
    const { sequence_id, published_version: number } = sequence;
    const published = number === null ? null : await this.sequences.definitionOf(reader, sequence_id, number);
    return toSequenceResponse(sequence, published);
  }

  private async check(unit: Unit, sequenceId: string, definition: SequenceDefinition): Promise<void> {
    const others = await unit.of(Sequence).find();
    checkDefinition(sequenceId, definition, new Set(others.map(({ sequence_id }) => sequence_id)));
  }

  private async lock(unit: Unit, sequenceId: string): Promise<Sequence> {
    const [sequence] = await unit.of(Sequence).find({ sequence_id: sequenceId }, { lock: true });
    if (!sequence) throw notFound('sequence', sequenceId);
    return sequence;
  }

  private async change(unit: Unit, sequence: Sequence, changes: Partial<Sequence>, now: string): Promise<Sequence> {
    const patch = { ...changes, updated_at: now, version: sequence.version + 1 };
    await unit.of(Sequence).update({ sequence_id: sequence.sequence_id }, patch);
    return { ...sequence, ...patch };
  }
}
