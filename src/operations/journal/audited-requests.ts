import { type Reader, gt, not } from '../../database/index.js';
import { AuditEntry } from '../audit/audit-entry.entity.js';
import type { TransportHttpRequest } from './transport.entities.js';

const PAGE_ROWS = 2_000;

/** The requests whose row is that of their command's audit, as those in the table of requests, page by page. */
export async function* auditedRequests(reader: Reader): AsyncGenerator<TransportHttpRequest[]> {
  for (let after = ''; ;) {
    const rows = await reader
      .of(AuditEntry)
      .find({ audit_id: gt(after), http_method: not(null) }, { order: { audit_id: 'asc' }, limit: PAGE_ROWS });
    if (rows.length === 0) return;
    yield rows.map(({ audit_id, request_id, at, http_method, status_code, bytes_in, bytes_out }) => ({
      entry_id: audit_id,
      request_id,
      timestamp: at,
      method: http_method!,
      status_code: status_code!,
      bytes_in: bytes_in!,
      bytes_out: bytes_out!,
    }));
    after = rows.at(-1)!.audit_id;
  }
}
