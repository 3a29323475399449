import { Injectable } from '@nestjs/common';
import { Database, type Where, gte } from '../../database/index.js';
import { Instant, IntNum, Nested, Str } from '../fields.js';
import { DEFAULT_PAGE, ListRequest } from '../list.dto.js';
import { Operation } from '../operation.js';
import { AuditEntry } from './audit-entry.entity.js';

class ListAuditRequest extends ListRequest {
  @Str({ optional: true, max: 100, description: 'Who did it: the id of a user, a key or an agent' })
  principal_id?: string;
  @Str({ optional: true, max: 100, example: 'approval.approve' }) operation?: string;
  @Str({ optional: true, max: 100, example: 'lead', description: 'What it was about' }) subject_kind?: string;
  @Str({ optional: true, max: 100, description: 'The id of what it was about' }) subject_id?: string;
  @Instant({ optional: true, description: 'From then on' }) since?: string;
}

class AuditItem {
  @Str() audit_id!: string;
  @Instant() at!: string;
  @Str() operation!: string;
  @Str() principal_id!: string;
  @Str() principal_kind!: string;
  @Str({ description: 'The way that it came: rest, rpc, mcp, a2a, approval, cli, internal' }) door!: string;
  @Str() request_id!: string;
  @Str({ nullable: true, example: 'lead' }) subject_kind!: string | null;
  @Str({ nullable: true }) subject_id!: string | null;
  @IntNum({ nullable: true }) status_code!: number | null;
}

class AuditPage {
  @Nested(() => AuditItem, { array: true }) items!: AuditItem[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

/** Reads who did what. */
@Injectable()
export class AuditService {
  constructor(private readonly database: Database) {}

  @Operation({
    name: 'audit.list',
    permission: 'security:read',
    kind: 'query',
    request: ListAuditRequest,
    response: AuditPage,
    summary: 'Who did what, to what, and when: each command that was carried out, newest first',
    rest: { route: 'GET /api/v1/audit', tag: 'system' },
  })
  async list({ limit = DEFAULT_PAGE, cursor, since, ...asked }: ListAuditRequest): Promise<AuditPage> {
    const where: Where<AuditEntry> = { ...asked, ...(since !== undefined && { at: gte(since) }) };
    const page = await this.database.of(AuditEntry).page({ where, order: { at: 'desc' }, limit, cursor });
    return { items: page.items.map(toItem), next_cursor: page.next_cursor };
  }
}

function toItem(entry: AuditEntry): AuditItem {
  return {
    audit_id: entry.audit_id,
    at: entry.at,
    operation: entry.operation,
    principal_id: entry.principal_id,
    principal_kind: entry.principal_kind,
    door: entry.door,
    request_id: entry.request_id,
    subject_kind: entry.subject_kind ?? null,
    subject_id: entry.subject_id ?? null,
    status_code: entry.status_code ?? null,
  };
}
