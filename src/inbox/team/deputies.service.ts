import { Injectable } from '@nestjs/common';
import { People } from '../../auth/index.js';
import { newId } from '../../config/index.js';
import { Database, type Reader, gt } from '../../database/index.js';
import { conflict, forbidden, invalid, notFound } from '../../errors/index.js';
import {
  type CommandContext,
  DEFAULT_PAGE,
  DoneResponse,
  Instant,
  ListRequest,
  Nested,
  Operation,
  type Principal,
  Str,
} from '../../operations/index.js';
import type { Escalation } from '../escalations/escalation.entity.js';
import { requirePerson } from '../require-person.js';
import { Deputy } from './deputy.entity.js';

class SetDeputyRequest {
  @Str({ optional: true, min: 1, max: 100, description: 'Who is away; the caller when left out' }) user_id?: string;
  @Str({ min: 1, max: 100, description: 'Who stands in' }) deputy_user_id!: string;
  @Instant({ optional: true, description: 'Now when left out' }) since?: string;
  @Instant() until!: string;
}

class ListDeputiesRequest extends ListRequest {
  @Str({ optional: true, max: 100 }) user_id?: string;
  @Str({ optional: true, max: 100 }) deputy_user_id?: string;
}

class DeputyIdRequest {
  @Str({ min: 1, max: 100 }) deputy_id!: string;
}

class DeputyResponse {
  @Str() deputy_id!: string;
  @Str() user_id!: string;
  @Str() deputy_user_id!: string;
  @Instant() since!: string;
  @Instant() until!: string;
  @Str() made_by!: string;
}

class DeputyPage {
  @Nested(() => DeputyResponse, { array: true }) items!: DeputyResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

const MOST_DAYS = 366;
const DAY_MS = 86_400_000;
/** Who may say so for others. */
const SPEAKS_FOR_OTHERS: readonly (string | undefined)[] = ['admin', 'manager'];

/** Who stands in for whom: cases of those who are away go to their deputies, who may settle them. */
@Injectable()
export class DeputiesService {
  constructor(
    private readonly database: Database,
    private readonly people: People,
  ) {}

  @Operation({
    name: 'deputy.set',
    permission: 'approvals:decide',
    kind: 'command',
    request: SetDeputyRequest,
    response: DeputyResponse,
    summary: 'Say who stands in for somebody who is away, and until when; new cases and those that wait go to them',
    rest: { route: 'POST /api/v1/deputies', status: 201, tag: 'inbox' },
    audience: 'person',
  })
  async set(request: SetDeputyRequest, { unit, principal, now }: CommandContext): Promise<DeputyResponse> {
    requirePerson(principal);
    const { user_id = principal.id, deputy_user_id, since = now, until } = request;
    requireOwn(principal, user_id);
    if (deputy_user_id === user_id) throw invalid('deputy_user_id', 'nobody stands in for themselves');
    if (until <= since || until <= now) throw invalid('until', 'must be later than now, and than `since`');
    if (Date.parse(until) - Date.parse(since) > MOST_DAYS * DAY_MS)
      throw invalid('until', `must be within ${MOST_DAYS} days`);
    const people = await this.people.find(unit, [user_id, deputy_user_id]);
    if (!people.has(user_id)) throw invalid('user_id', `there is no user "${user_id}"`);
    if (!people.get(deputy_user_id)?.scopes.has('approvals:decide'))
      throw invalid('deputy_user_id', 'must be a user who may decide cases');
    const others = await unit.of(Deputy).find({ user_id, until: gt(since) }, { lock: true });
    if (others.some((other) => other.since < until))
      throw conflict('deputy_set', 'somebody stands in for that time already; remove that first');
    const deputy = { deputy_id: newId('dep'), user_id, deputy_user_id, since, until, made_by: principal.id };
    await unit.of(Deputy).insert({ ...deputy, created_at: now });
    return deputy;
  }

  @Operation({
    name: 'deputy.list',
    permission: 'approvals:read',
    kind: 'query',
    request: ListDeputiesRequest,
    response: DeputyPage,
    summary: 'Who stands in for whom',
    rest: { route: 'GET /api/v1/deputies', tag: 'inbox' },
  })
  async list({ limit = DEFAULT_PAGE, cursor, ...where }: ListDeputiesRequest): Promise<DeputyPage> {
    const page = await this.database.of(Deputy).page({ where, limit, cursor });
    return { items: page.items.map(toResponse), next_cursor: page.next_cursor };
  }

  @Operation({
    name: 'deputy.remove',
    permission: 'approvals:decide',
    kind: 'command',
    request: DeputyIdRequest,
    response: DoneResponse,
    summary: 'Somebody is back, or somebody else stands in',
    rest: { route: 'DELETE /api/v1/deputies/:deputy_id', isEmpty: true, tag: 'inbox' },
    audience: 'person',
    isIdempotent: true,
  })
  async remove({ deputy_id }: DeputyIdRequest, { unit, principal }: CommandContext): Promise<DoneResponse> {
    requirePerson(principal);
    const deputy = await unit.of(Deputy).get(deputy_id);
    if (!deputy) throw notFound('deputy', deputy_id);
    requireOwn(principal, deputy.user_id);
    await unit.of(Deputy).delete({ deputy_id });
    return {};
  }

  /** Who has the work of a user at an instant: the user, or who stands in; deputies of deputies are not asked. */
  async inChargeFor(reader: Reader, userId: string, now: string): Promise<string> {
    const [deputy] = await standing(reader, { user_id: userId }, now);
    return deputy?.deputy_user_id ?? userId;
  }

  /** The user and everybody for whom they stand in now. */
  async hatsOf(reader: Reader, userId: string, now: string): Promise<string[]> {
    const away = await standing(reader, { deputy_user_id: userId }, now);
    return [userId, ...away.map(({ user_id }) => user_id)];
  }

  /** @throws AppError conflict when the case is somebody else's for whom the caller does not stand in */
  async refuseIfTaken(reader: Reader, escalation: Escalation, principalId: string, now: string): Promise<void> {
    const { assigned_to, due_at } = escalation;
    if (assigned_to === null || (await this.hatsOf(reader, principalId, now)).includes(assigned_to)) return;
    throw conflict(
      'escalation_claimed',
      `${assigned_to} has claimed this escalation; another person can claim it after ${due_at}`,
    );
  }
}

async function standing(reader: Reader, who: Partial<Deputy>, now: string): Promise<Deputy[]> {
  const rows = await reader.of(Deputy).find({ ...who, until: gt(now) }, { order: { until: 'asc' } });
  return rows.filter(({ since }) => since <= now);
}

function requireOwn({ id, role }: Principal, userId: string): void {
  if (id !== userId && !SPEAKS_FOR_OTHERS.includes(role))
    throw forbidden('only an admin or a manager says who stands in for somebody else');
}

function toResponse({ deputy_id, user_id, deputy_user_id, since, until, made_by }: Deputy): DeputyResponse {
  return { deputy_id, user_id, deputy_user_id, since, until, made_by };
}
