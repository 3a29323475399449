import { Injectable } from '@nestjs/common';
import { newId } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { conflict, notFound } from '../../errors/index.js';
import {
  AtLeastOneOf,
  type CommandContext,
  DEFAULT_PAGE,
  DoneResponse,
  Instant,
  IntNum,
  ListRequest,
  Nested,
  Operation,
  Str,
  checkVersion,
} from '../../operations/index.js';
import { SavedReply } from './saved-reply.entity.js';

const NAME = { min: 1, max: 100, example: 'Price list' } as const;
const SUBJECT = { max: 200, pattern: /^[^\r\n]*$/, nullable: true, optional: true } as const;
const BODY = { min: 1, max: 20_000 } as const;

class CreateReplyRequest {
  @Str(NAME) name!: string;
  @Str(SUBJECT) subject?: string | null;
  @Str(BODY) body!: string;
}

class ReplyIdRequest {
  @Str({ min: 1, max: 100 }) reply_id!: string;
}

@AtLeastOneOf('name', 'subject', 'body')
class UpdateReplyRequest extends ReplyIdRequest {
  @Str({ ...NAME, optional: true }) name?: string;
  @Str(SUBJECT) subject?: string | null;
  @Str({ ...BODY, optional: true }) body?: string;
}

class ReplyResponse {
  @Str() reply_id!: string;
  @Str() name!: string;
  @Str({ nullable: true }) subject!: string | null;
  @Str(BODY) body!: string;
  @Str() edited_by!: string;
  @Instant() edited_at!: string;
  @IntNum({ min: 1 }) version!: number;
}

class ReplyPage {
  @Nested(() => ReplyResponse, { array: true }) items!: ReplyResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

/** The team's stock of answers. */
@Injectable()
export class SavedRepliesService {
  constructor(private readonly database: Database) {}

  @Operation({
    name: 'saved_reply.list',
    permission: 'approvals:read',
    kind: 'query',
    request: ListRequest,
    response: ReplyPage,
    summary: 'Answers that the team keeps, by name',
    rest: { route: 'GET /api/v1/saved-replies', tag: 'inbox' },
  })
  async list({ limit = DEFAULT_PAGE, cursor }: ListRequest): Promise<ReplyPage> {
    const page = await this.database.of(SavedReply).page({ order: { name: 'asc' }, limit, cursor });
    return { items: page.items.map(toResponse), next_cursor: page.next_cursor };
  }

  @Operation({
    name: 'saved_reply.create',
    permission: 'approvals:decide',
    kind: 'command',
    request: CreateReplyRequest,
    response: ReplyResponse,
    summary: 'Keep an answer for the team',
    rest: { route: 'POST /api/v1/saved-replies', status: 201, hasEtag: true, tag: 'inbox' },
  })
  async create(
    { name, subject = null, body }: CreateReplyRequest,
    { unit, principal, now }: CommandContext,
  ): Promise<ReplyResponse> {
    const edited = { edited_by: principal.id, edited_at: now };
    const reply: SavedReply = { reply_id: newId('rep'), name, subject, body, ...edited, created_at: now, version: 1 };
    if ((await unit.of(SavedReply).insertNew(reply)) === 0) throw nameTaken(name);
    return toResponse(reply);
  }

  @Operation({
    name: 'saved_reply.update',
    permission: 'approvals:decide',
    kind: 'command',
    request: UpdateReplyRequest,
    response: ReplyResponse,
    summary: 'Change an answer that the team keeps',
    rest: { route: 'PATCH /api/v1/saved-replies/:reply_id', hasEtag: true, tag: 'inbox' },
    isIdempotent: true,
  })
  async update(
    { reply_id, ...changes }: UpdateReplyRequest,
    { unit, principal, now, ifMatch }: CommandContext,
  ): Promise<ReplyResponse> {
    const [reply] = await unit.of(SavedReply).find({ reply_id }, { lock: true });
    if (!reply) throw notFound('saved reply', reply_id);
    checkVersion(ifMatch, reply.version);
    const { name } = changes;
    if (name !== undefined && name !== reply.name && (await unit.of(SavedReply).count({ name })) > 0)
      throw nameTaken(name);
    const patch = { ...changes, edited_by: principal.id, edited_at: now, version: reply.version + 1 };
    await unit.of(SavedReply).update({ reply_id }, patch);
    return toResponse({ ...reply, ...patch });
  }

  @Operation({
    name: 'saved_reply.delete',
    permission: 'approvals:decide',
    kind: 'command',
    request: ReplyIdRequest,
    response: DoneResponse,
    summary: 'Drop an answer that the team keeps',
    rest: { route: 'DELETE /api/v1/saved-replies/:reply_id', isEmpty: true, tag: 'inbox' },
    isIdempotent: true,
    isDestructive: true,
  })
  async remove({ reply_id }: ReplyIdRequest, { unit }: CommandContext): Promise<DoneResponse> {
    if ((await unit.of(SavedReply).delete({ reply_id })) === 0) throw notFound('saved reply', reply_id);
    return {};
  }
}

const nameTaken = (name: string) => conflict('name_taken', `name: there is a saved reply called "${name}" already`);

function toResponse({ reply_id, name, subject, body, edited_by, edited_at, version }: SavedReply): ReplyResponse {
  return { reply_id, name, subject, body, edited_by, edited_at, version };
}
