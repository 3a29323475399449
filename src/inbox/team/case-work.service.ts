import { Injectable } from '@nestjs/common';
import { People } from '../../auth/index.js';
import { newId } from '../../config/index.js';
import { type Unit, gt } from '../../database/index.js';
import { invalid, notFound } from '../../errors/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { type CommandContext, Listeners, Operation } from '../../operations/index.js';
import { changeCase, awake, lockUnresolved } from '../escalations/case-rows.js';
import { Escalation } from '../escalations/escalation.entity.js';
import { EscalationIdRequest } from '../escalations/escalation-id.dto.js';
import { EscalationResponse, toEscalationResponse } from '../escalations/escalations.dto.js';
import { CASE_CLAIMED, CASE_MENTIONED } from '../happenings.js';
import { escalationLiveEvent } from '../inbox-events.js';
import { requirePerson } from '../require-person.js';
import { CaseLook } from './case-look.entity.js';
import { CaseNote } from './case-note.entity.js';
import {
  AssignRequest,
  LookRequest,
  LooksResponse,
  NoteRequest,
  NoteResponse,
  SnoozeRequest,
  toLookResponse,
  toNoteResponse,
} from './case-work.dto.js';
import { DeputiesService } from './deputies.service.js';
import { mentionsIn } from './mentions.js';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** How long somebody looks at a case without another sign of life. */
const LOOK_MS = 60 * SECOND_MS;
const LONGEST_SNOOZE_DAYS = 90;
/** Of a snooze that waits for an answer which may never come. */
const SNOOZE_DAYS = 30;

/** How a team shares its cases: whose they are, when they come back, who is at them, what was said about them. */
@Injectable()
export class CaseWorkService {
  constructor(
    private readonly people: People,
    private readonly deputies: DeputiesService,
    private readonly listeners: Listeners,
    private readonly liveEvents: LiveEvents,
  ) {}

  @Operation({
    name: 'escalation.assign',
    permission: 'approvals:decide',
    kind: 'command',
    request: AssignRequest,
    response: EscalationResponse,
    summary: 'Give a case to a user who may decide it; to their deputy while they are away',
    rest: { route: 'POST /api/v1/escalations/:escalation_id/assign', hasEtag: true, tag: 'inbox' },
    audience: 'person',
  })
  async assign({ escalation_id, user_id }: AssignRequest, context: CommandContext): Promise<EscalationResponse> {
    const { unit, now } = context;
    const escalation = await lockUnresolved(escalation_id, context);
    const inCharge = await this.deputies.inChargeFor(unit, user_id, now);
    const person = (await this.people.find(unit, [inCharge])).get(inCharge);
    if (!person) throw invalid('user_id', `there is no user "${user_id}"`);
    if (!person.scopes.has('approvals:decide'))
      throw invalid('user_id', `${person.name} may not decide cases (the scope approvals:decide)`);
    const claim = { status: 'claimed', assigned_to: inCharge, claimed_at: now } as const;
    const answer = await this.changed(unit, escalation, claim);
    await this.listeners.tell(CASE_CLAIMED, { unit, escalation: { ...escalation, ...claim }, now });
    return answer;
  }

  @Operation({
    name: 'escalation.unassign',
    permission: 'approvals:decide',
    kind: 'command',
    request: EscalationIdRequest,
    response: EscalationResponse,
    summary: 'Lay a case back into the line: it is nobody’s again',
    rest: { route: 'POST /api/v1/escalations/:escalation_id/unassign', hasEtag: true, tag: 'inbox' },
    audience: 'person',
    isIdempotent: true,
  })
  async unassign({ escalation_id }: EscalationIdRequest, context: CommandContext): Promise<EscalationResponse> {
    const escalation = await lockUnresolved(escalation_id, context);
    if (escalation.assigned_to === null) return toEscalationResponse(escalation);
    return this.changed(context.unit, escalation, { status: 'open', assigned_to: null, claimed_at: null });
  }

  @Operation({
    name: 'escalation.snooze',
    permission: 'approvals:decide',
    kind: 'command',
    request: SnoozeRequest,
    response: EscalationResponse,
    summary: 'Put a case off until a time, or until the lead answers; it still blocks what it blocks',
    rest: { route: 'POST /api/v1/escalations/:escalation_id/snooze', hasEtag: true, tag: 'inbox' },
    audience: 'person',
  })
  async snooze(
    { escalation_id, until, until_answer = false }: SnoozeRequest,
    context: CommandContext,
  ): Promise<EscalationResponse> {
    const { unit, principal, now } = context;
    const escalation = await lockUnresolved(escalation_id, context);
    await this.deputies.refuseIfTaken(unit, escalation, principal.id, now);
    if (until === undefined && !until_answer) throw invalid('until', 'say until when, or until_answer: true');
    const snoozed_until = until ?? new Date(Date.parse(now) + SNOOZE_DAYS * DAY_MS).toISOString();
    if (snoozed_until <= now) throw invalid('until', 'lies in the past');
    if (Date.parse(snoozed_until) - Date.parse(now) > LONGEST_SNOOZE_DAYS * DAY_MS)
      throw invalid('until', `must be within ${LONGEST_SNOOZE_DAYS} days`);
    return this.changed(unit, escalation, { sort_key: null, snoozed_until, until_answer });
  }

  @Operation({
    name: 'escalation.wake',
    permission: 'approvals:decide',
    kind: 'command',
    request: EscalationIdRequest,
    response: EscalationResponse,
    summary: 'Bring a case back that was put off',
    rest: { route: 'POST /api/v1/escalations/:escalation_id/wake', hasEtag: true, tag: 'inbox' },
    audience: 'person',
    isIdempotent: true,
  })
  async wake({ escalation_id }: EscalationIdRequest, context: CommandContext): Promise<EscalationResponse> {
    const escalation = await lockUnresolved(escalation_id, context);
    if (escalation.sort_key !== null) return toEscalationResponse(escalation);
    return this.changed(context.unit, escalation, awake(escalation));
  }

  @Operation({
    name: 'escalation.look',
    permission: 'approvals:read',
    kind: 'command',
    request: LookRequest,
    response: LooksResponse,
    summary: 'Say that the caller looks at a case now, for a minute; tells who else does',
    rest: { route: 'POST /api/v1/escalations/:escalation_id/look', tag: 'inbox' },
    audience: 'person',
    isReplayed: false,
  })
  async look({ escalation_id, left = false }: LookRequest, context: CommandContext): Promise<LooksResponse> {
    const { unit, principal, now } = context;
    requirePerson(principal);
    const escalation = await unit.of(Escalation).get(escalation_id);
    if (!escalation) throw notFound('escalation', escalation_id);
    const looks = unit.of(CaseLook);
    const before = await looks.find({ escalation_id, user_id: principal.id, until: gt(now) });
    if (left) await looks.delete({ escalation_id, user_id: principal.id });
    else {
      const until = new Date(Date.parse(now) + LOOK_MS).toISOString();
      await looks.upsert({ escalation_id, user_id: principal.id, until });
    }
    // a page that stays open says so again and again
    if (left === before.length > 0) this.liveEvents.publish(unit, escalationLiveEvent('escalation.looked', escalation));
    const looking = await looks.find({ escalation_id, until: gt(now) }, { order: { user_id: 'asc' } });
    return { looking: looking.map(toLookResponse) };
  }

  @Operation({
    name: 'escalation.note',
    permission: 'approvals:decide',
    kind: 'command',
    request: NoteRequest,
    response: NoteResponse,
    summary: 'Write a note beside a case, for the team; who is mentioned is told',
    rest: { route: 'POST /api/v1/escalations/:escalation_id/notes', status: 201, tag: 'inbox' },
    audience: 'person',
  })
  async note({ escalation_id, text }: NoteRequest, { unit, principal, now }: CommandContext): Promise<NoteResponse> {
    requirePerson(principal);
    const escalation = await unit.of(Escalation).get(escalation_id);
    if (!escalation) throw notFound('escalation', escalation_id);
    const mentions = mentionsIn(text, await this.people.active(unit));
    const { lead_id } = escalation;
    const note: CaseNote = {
      ...{ note_id: newId('not'), escalation_id, lead_id, author_id: principal.id, text, mentions, created_at: now },
    };
    await unit.of(CaseNote).insert(note);
    this.liveEvents.publish(unit, escalationLiveEvent('escalation.noted', escalation, { mentions }));
    if (mentions.length > 0)
      await this.listeners.tell(CASE_MENTIONED, { unit, escalation, noteId: note.note_id, userIds: mentions, now });
    return toNoteResponse(note);
  }

  private async changed(unit: Unit, escalation: Escalation, patch: Partial<Escalation>): Promise<EscalationResponse> {
    const changed = await changeCase(unit, escalation, patch);
    const type = patch.status === 'claimed' ? 'escalation.claimed' : 'escalation.changed';
    this.liveEvents.publish(unit, escalationLiveEvent(type, changed));
    return toEscalationResponse(changed);
  }
}
