import { Injectable } from '@nestjs/common';
import { CursorError, Database, type Reader, decodeCursor, encodeCursor, marks } from '../database/index.js';
import { DEFAULT_PAGE, Operation, type QueryContext } from '../operations/index.js';
import { DeputiesService } from './team/deputies.service.js';
import { placesOf } from './sort-key.js';
import { type InboxItem, InboxPage, ListInboxRequest } from './inbox.dto.js';

/** Both kinds of what waits in one shape, each read by the index of its line. */
const LINES = {
  escalation: {
    columns: `'escalation' AS item_type, escalation_id AS item_id, reason AS kind, reason, title, summary, status, priority, due_at, level,
      worth, blocks, times, waiting_since, snoozed_until, until_answer, assigned_to, raised_by, lead_id, campaign_id, decision_id, created_at, version`,
    table: 'escalations',
    id: 'escalation_id',
    kind: 'reason',
  },
  approval: {
    columns: `'approval' AS item_type, approval_id AS item_id, kind, NULL AS reason, title, title AS summary, status, priority, expires_at AS due_at, 0 AS level,
      worth, FALSE AS blocks, 1 AS times, created_at AS waiting_since, NULL AS snoozed_until, FALSE AS until_answer, NULL AS assigned_to,
      requested_by AS raised_by, lead_id, campaign_id, decision_id, created_at, version`,
    table: 'approvals',
    id: 'approval_id',
    kind: 'kind',
  },
} as const;
type Line = keyof typeof LINES;

/** What waits goes by its place in the line, what is put off by when it comes back. */
const ORDERS = { line: 'sort_key', snoozed: 'snoozed_until' } as const;

type Placed = InboxItem & { place: string };
/** SQL and its parameters. */
type Condition = readonly [string, ...unknown[]];

/** The one queue of everything that waits for a person. */
@Injectable()
export class InboxService {
  constructor(
    private readonly database: Database,
    private readonly deputies: DeputiesService,
  ) {}

  @Operation({
    name: 'inbox.list',
    permission: 'approvals:read',
    kind: 'query',
    request: ListInboxRequest,
    response: InboxPage,
    summary:
      'Everything that waits for a person: legal, complaints, hot leads, high value, support, uncertain, the rest by worth',
    rest: 'GET /api/v1/inbox',
    audience: 'marketer',
  })
  async list(request: ListInboxRequest, { principal, now }: QueryContext): Promise<InboxPage> {
    const { limit = DEFAULT_PAGE, cursor, snoozed = false } = request;
    const order = snoozed ? ORDERS.snoozed : ORDERS.line;
    const after = cursor === undefined ? ['', ''] : placeAfter(cursor, order);
    const lines = linesOf(request);
    const hats = request.mine ? await this.deputies.hatsOf(this.database, principal.id, now) : [];
    const read = lines.map((line) => {
      const place: Condition = [`(${order}, ${LINES[line].id}) > (?, ?)`, ...after];
      return this.read(line, order, [place, ...conditionsOf(line, request, hats)], limit + 1);
    });
    const rows = (await Promise.all(read)).flat().sort(byPlace);
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return {
      items: items.map(({ place: _, ...item }) => item),
      next_cursor: last ? encodeCursor(order, [last.place, last.item_id]) : null,
    };
  }

  /** What a person is to look at next: the first in line that is nobody else's. */
  async next(reader: Reader, principalId: string): Promise<InboxItem | null> {
    const free: Condition = ['(assigned_to IS NULL OR assigned_to = ?)', principalId];
    const others: Condition = ['requested_by <> ?', principalId];
    const firsts = [
      ...(await this.read('escalation', ORDERS.line, [free], 1, reader)),
      ...(await this.read('approval', ORDERS.line, [others], 1, reader)),
    ];
    const [first] = firsts.sort(byPlace);
    if (!first) return null;
    const { place: _, ...item } = first;
    return item;
  }

  private async read(
    line: Line,
    order: string,
    conditions: readonly Condition[],
    limit: number,
    reader: Reader = this.database,
  ): Promise<Placed[]> {
    const { columns, table, id } = LINES[line];
    const rows = await reader.query(
      `SELECT ${columns}, ${order} AS place FROM ${table} WHERE ${order} IS NOT NULL AND ${conditions.map(([sql]) => sql).join(' AND ')}
       ORDER BY ${order}, ${id} LIMIT ${limit}`,
      conditions.flatMap(([, ...params]) => params),
    );
    return rows.map((row) => {
      const flags = { blocks: Boolean(row.blocks), until_answer: Boolean(row.until_answer) };
      return { ...row, ...flags } as unknown as Placed;
    });
  }
}

/** Approvals have no reason, are nobody's, and are not put off. */
function linesOf({ item_type, reason, assigned_to, mine, snoozed, status }: ListInboxRequest): Line[] {
  const isCase = reason !== undefined || assigned_to !== undefined || (mine ?? false) || (snoozed ?? false);
  return (Object.keys(LINES) as Line[]).filter(
    (line) =>
      (item_type === undefined || item_type === line) &&
      (line === 'escalation' || !isCase) &&
      (status === undefined || (status === 'pending') === (line === 'approval')),
  );
}

function conditionsOf(line: Line, request: ListInboxRequest, hats: readonly string[]): Condition[] {
  const { kind, mine, status } = request;
  const equal = (['reason', 'priority', 'assigned_to', 'lead_id', 'campaign_id'] as const).flatMap((column) => {
    const value = request[column];
    return value === undefined ? [] : [[`${column} = ?`, value] as const];
  });
  // the places of a reason lie together, which spares to look through the others
  const places = request.reason === undefined || request.snoozed ? [] : placesOf(request.reason);
  return [
    ...equal,
    ...(places.length === 0 ? [] : [['sort_key >= ? AND sort_key < ?', ...places] as const]),
    ...(kind === undefined ? [] : [[`${LINES[line].kind} = ?`, kind] as const]),
    ...(status === undefined ? [] : [['status = ?', status] as const]),
    ...(mine ? [[`assigned_to IN (${marks(hats)})`, ...hats] as const] : []),
  ];
}

function byPlace(a: Placed, b: Placed): number {
  return a.place < b.place || (a.place === b.place && a.item_id < b.item_id) ? -1 : 1;
}

/** @throws CursorError when the cursor is not one of this list */
function placeAfter(cursor: string, order: string): string[] {
  const [place, itemId] = decodeCursor(cursor, order, 2);
  if (typeof place !== 'string' || typeof itemId !== 'string') throw new CursorError('cursor is not one of the inbox');
  return [place, itemId];
}
