import { Injectable } from '@nestjs/common';
import {
  KeepsRows,
  type Reader,
  type RowKeeper,
  SEVERAL_LEADS,
  type SqlRow,
  type Unit,
  nameOfLead,
} from '../database/index.js';
import { AuditEntry } from './audit/audit-entry.entity.js';
import { IdempotencyRecord } from './idempotency-record.entity.js';
import {
  McpJsonrpcCall,
  McpResourceAccess,
  TransportHttpRequest,
  TransportWebsocketSession,
} from './journal/transport.entities.js';

const BY_ADDRESS = { by: 'lead_id' };
const SIZES = { none: 'methods and sizes, no paths' };

@Injectable()
@KeepsRows([
  {
    table: AuditEntry,
    holds: 'who did what: one row a command',
    keeps: { days: 'audit', after: 'at' },
    lead: { keeper: 'by the index on the subject; the row stays without the name' },
  },
  {
    table: IdempotencyRecord,
    holds: 'the answer to a command that came with a key',
    keeps: { days: 'answer', after: 'created_at' },
    lead: { keeper: 'by the index on the lead that the answer names' },
  },
  {
    table: McpJsonrpcCall,
    holds: 'a JSON-RPC call',
    keeps: { days: 'journal', after: 'timestamp', ownKeys: 'rpc_' },
    lead: BY_ADDRESS,
  },
  {
    table: McpResourceAccess,
    holds: 'an access to a resource',
    keeps: { days: 'journal', after: 'timestamp', ownKeys: 'acc_' },
    lead: BY_ADDRESS,
  },
  {
    table: TransportHttpRequest,
    holds: 'an HTTP request',
    keeps: { days: 'journal', after: 'timestamp', ownKeys: 'http_' },
    lead: SIZES,
  },
  {
    table: TransportWebsocketSession,
    holds: 'a WebSocket session',
    keeps: { days: 'journal', after: 'timestamp', ownKeys: 'ws_' },
    lead: SIZES,
  },
])
export class OperationsRows implements RowKeeper {
  async eraseLead(unit: Unit, leadId: string): Promise<boolean> {
    for (const { principal_id, operation, idempotency_key } of await answersNaming(unit, leadId))
      await unit.of(IdempotencyRecord).delete({ principal_id, operation, idempotency_key });
    await unit.of(AuditEntry).update({ subject_id: leadId }, { subject_id: null });
    return false;
  }

  async exportLead(reader: Reader, leadId: string): Promise<Record<string, readonly SqlRow[]>> {
    return {
      idempotency_keys: (await answersNaming(reader, leadId)) as unknown as SqlRow[],
      audit_log: (await reader.of(AuditEntry).find({ subject_id: leadId })) as unknown as SqlRow[],
    };
  }
}

async function answersNaming(reader: Reader, leadId: string): Promise<IdempotencyRecord[]> {
  const rows = await reader.of(IdempotencyRecord).find({ lead_id: [leadId, SEVERAL_LEADS] });
  const name = nameOfLead(leadId);
  return rows.filter((row) => row.lead_id === leadId || JSON.stringify(row.response).search(name) !== -1);
}
