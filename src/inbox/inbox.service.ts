import { Injectable } from '@nestjs/common';
import { CursorError, Database, decodeCursor, encodeCursor } from '../database/index.js';
import { DEFAULT_PAGE, Operation } from '../operations/index.js';
import { type InboxItem, InboxPage, ListInboxRequest } from './inbox.dto.js';
import { placeInLine, PRIORITIES } from '../vocabulary/index.js';

const URGENCY = `CASE priority ${PRIORITIES.map((priority) => `WHEN '${priority}' THEN ${placeInLine(priority)}`).join(' ')} END`;

/** Both kinds of item in one shape; `urgency` is 0 for the most urgent. */
const WAITING = `
  SELECT 'escalation' AS item_type, escalation_id AS item_id, reason AS kind, summary AS title, status, priority, due_at, level, assigned_to,
         raised_by, lead_id, campaign_id, decision_id, created_at, ${URGENCY} AS urgency
    FROM escalations WHERE status IN ('open', 'claimed')
  UNION ALL
  SELECT 'approval', approval_id, kind, title, status, priority, expires_at, 0, CAST(NULL AS varchar),
         requested_by, lead_id, campaign_id, decision_id, created_at, ${URGENCY}
    FROM approvals WHERE status = 'pending'`;

const ORDER = 'urgency, due_at, item_id';

/** The one queue of everything that waits for a person. */
@Injectable()
export class InboxService {
  constructor(private readonly database: Database) {}

  @Operation({
    name: 'inbox.list',
    permission: 'approvals:read',
    kind: 'query',
    request: ListInboxRequest,
    response: InboxPage,
    summary: 'Everything that waits for a person, the most urgent and then the soonest due first',
    rest: 'GET /api/v1/inbox',
    audience: 'marketer',
  })
  async list({ limit = DEFAULT_PAGE, cursor, ...filters }: ListInboxRequest): Promise<InboxPage> {
    const asked = Object.entries(filters).filter(([, value]) => value !== undefined);
    const conditions = asked.map(([column]) => `${column} = ?`);
    const params: unknown[] = asked.map(([, value]) => value);
    if (cursor !== undefined) {
      conditions.push(`(${ORDER}) > (?, ?, ?)`);
      params.push(...placeAfter(cursor));
    }
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    const sql = `SELECT * FROM (${WAITING}) AS waiting ${where} ORDER BY ${ORDER} LIMIT ${limit + 1}`;
    const rows = (await this.database.query(sql, params)) as unknown as (InboxItem & { urgency: number })[];
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return {
      items: items.map(({ urgency: _, ...item }) => item),
      next_cursor: last ? encodeCursor(ORDER, [last.urgency, last.due_at, last.item_id]) : null,
    };
  }
}

/** @throws CursorError when the cursor is not one of this list */
function placeAfter(cursor: string): unknown[] {
  const [urgency, dueAt, itemId] = decodeCursor(cursor, ORDER, 3);
  if (typeof urgency !== 'number' || typeof dueAt !== 'string' || typeof itemId !== 'string')
    throw new CursorError('cursor is not one of the inbox');
  return [urgency, dueAt, itemId];
}
